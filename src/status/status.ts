/** What a process tells of itself over HTTP. */
export interface Status {
  /** Why a restart is needed, for people; null when healthy. */
  unhealthy(): string | null;
  /** Why it cannot do its work now, for people; null when ready. */
  unready(): string | null;
  /** In Prometheus' text format. */
  metrics(): string;
  /** A connection was closed unanswered: there are as many as there may be, or the process has no descriptor left. */
  httpRefused(): void;
}
