import type { Evidence, Finding } from '../domain/finding.js';
import { actionWording } from './action-wording.js';
import { evidenceWording } from './evidence-wording.js';
import { capital } from './phrases.js';
import { storyOf } from './stories.js';
import { type Told, toldOf } from './told.js';

export interface FindingText {
  /** One line, at most 255 characters: what Graphite keeps of an event. */
  readonly title: string;
  /** Some sentences in one line: what, what was done, what to do. */
  readonly text: string;
}

/**
 * What a person needs to know of a finding, each sentence from the facts that decided. What attackers chose is in it only as
 * `shownText` shows it, so that the text is safe in JSON, in a log and in a chat.
 */
export function findingText(finding: Finding): FindingText {
  const told = toldOf(finding);
  const { title, what, tells, next } = storyOf(told);
  const facts = finding.evidence.filter(({ name }) => !tells.includes(name)).map((fact) => factWords(fact, told));
  const sentences = [what(told), ...facts, actionWording[finding.action](told), next(told)];
  const text = sentences.filter((sentence) => sentence !== '').map(capital);
  return { title: capital(title(told)), text: text.join(' ') };
}

/** A count that has faded to nothing says nothing. */
function factWords({ name, count }: Evidence, told: Told): string {
  return count > 0 ? evidenceWording[name](count, told) : '';
}
