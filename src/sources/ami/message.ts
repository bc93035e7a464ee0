/** A message of AMI other than a security event: its lines by key. A key that comes twice has its last value. */
export type AmiMessage = Record<string, string>;

/** @param block a whole message without its end. */
export function parseMessage(block: string): AmiMessage {
  // No prototype: `__proto__` is a key like any other.
  const message: AmiMessage = Object.create(null);
  for (const line of block.split('\r\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) message[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return message;
}

/** @throws TypeError for a value that holds a line end: it would be read as a line of its own. */
export function encodeMessage(message: AmiMessage): string {
  const lines = Object.entries(message).map(([key, value]) => {
    if (/[\r\n]/.test(value)) throw new TypeError(`The value of ${key} holds a line end, which AMI cannot carry.`);
    return `${key}: ${value}\r\n`;
  });
  return `${lines.join('')}\r\n`;
}
