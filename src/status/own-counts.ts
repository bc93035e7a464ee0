import { Counts } from '../domain/counts.js';

/** What a process counts of itself. */
export class OwnCounts extends Counts {
  /** What a StatsD sink tells, counted. @param program whose meters they are. */
  ofStatsd(program: string) {
    return {
      onError: () => this.add(`${program}.statsd.errors`),
      onDrop: (reason: string, lines: number) => this.add(`${program}.statsd.dropped.${reason}`, lines),
    };
  }
}
