/**
 * One value for the receiver of metrics, under its full name without the user's prefix.
 * - `meter`: how many since the last reading; sent as the type that the user chose for meters.
 * - `counter`: the same, always sent as a counter; for the program's own health.
 * - `gauge`: a value as it is now.
 */
export interface Reading {
  readonly kind: 'meter' | 'counter' | 'gauge';
  readonly name: string;
  readonly value: number;
  /** Where the name ends with the id of a host: the RemoteAddress.endpoint of that host, which a receiver may want to read. */
  readonly endpoint?: string;
}
