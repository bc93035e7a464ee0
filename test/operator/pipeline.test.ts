import t from 'tap';
import { Pipeline } from '../../src/operator/pipeline.js';

/** A promise and the end of it. */
function open<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

await t.test('answers are told in the order of their questions, each as soon as it can be', async (t) => {
  const told: number[] = [];
  const pipeline = new Pipeline<number>(10, (answer) => told.push(answer));
  const [one, two, three] = [open<number>(), open<number>(), open<number>()];
  for (const { promise } of [one, two, three]) await pipeline.add(promise);
  two.resolve(2);
  await turns();
  t.strictSame(told, []);
  one.resolve(1);
  await turns();
  t.strictSame(told, [1, 2]);
  three.resolve(3);
  await pipeline.end();
  t.strictSame(told, [1, 2, 3]);
});

await t.test('no more than so many are open', async (t) => {
  const pipeline = new Pipeline<number>(2, () => undefined);
  const first = open<number>();
  await pipeline.add(first.promise);
  let isAdded = false;
  const adding = pipeline.add(Promise.resolve(2)).then(() => {
    isAdded = true;
  });
  await turns();
  t.notOk(isAdded);
  first.resolve(1);
  await adding;
  await pipeline.end();
});

await t.test('the first failure is told to whoever waits, and what comes after it is not told', async (t) => {
  const told: number[] = [];
  const pipeline = new Pipeline<number>(2, (answer) => told.push(answer));
  await pipeline.add(Promise.reject(new Error('first')));
  await t.rejects(pipeline.add(Promise.reject(new Error('second'))), { message: 'first' });
  await t.rejects(pipeline.add(Promise.resolve(3)), { message: 'first' });
  await t.rejects(pipeline.end(), { message: 'first' });
  t.strictSame(told, []);
  await new Pipeline(2, () => undefined).end();
});
