import t from 'tap';
import { penalty } from '../../src/detection/penalties.js';
import { addressRecord, attemptScene } from './records.js';

const { observation: guess } = attemptScene(addressRecord());

await t.test('a guess is a point, and a friend who mistypes a tenth of one', async (t) => {
  t.equal(penalty(guess, false), 1);
  t.equal(penalty({ ...guess, outcome: 'unknown_account' }, false), 1);
  t.equal(penalty(guess, true), 0.1);
});

await t.test('whom an ACL keeps out counts half, and a guess at the manager interface twice', async (t) => {
  t.equal(penalty({ ...guess, outcome: 'denied' }, false), 0.5);
  t.equal(penalty({ ...guess, service: 'AMI' }, false), 2);
});
