import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { BlockFramer } from '../../../src/sources/ami/block-framer.js';
import { EventReader } from '../../../src/sources/ami/event-reader.js';

/** What one stream gives. `malformed` holds only the reasons that occurred. */
export interface Outcome {
  readonly events: SecurityEvent[];
  readonly malformed: Record<string, number>;
}

const BLOCK_BYTES_MAX = 65_536;

/** Reads one stream, greeting left out, from its first message to its end, as AmiConnection does. */
export function readStream(...chunks: Buffer[]): Outcome {
  const events: SecurityEvent[] = [];
  const malformed: Record<string, number> = {};
  const onMalformed = (reason: string) => {
    malformed[reason] = (malformed[reason] ?? 0) + 1;
  };
  const framer = new BlockFramer(BLOCK_BYTES_MAX, () => onMalformed('oversize'));
  const reader = new EventReader(
    { pbx: null, pbxDefault: 'test-pbx', blockBytesMax: BLOCK_BYTES_MAX },
    { onEvent: (event) => events.push(event), onMalformed, onMessage: () => undefined },
  );
  for (const chunk of chunks) {
    framer.push(chunk, (blocks) => reader.read(blocks));
  }
  if (framer.isMidBlock) onMalformed('truncated');
  return { events, malformed };
}
