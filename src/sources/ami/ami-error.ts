/** Why a connection to Asterisk did not come about or ended; the message is for the operator and holds no secret. */
export class AmiError extends Error {
  override readonly name = 'AmiError';
}
