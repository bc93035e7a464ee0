// Saves numbered records as fast as it can, until it is killed, and tells the number of each save that has resolved.
// Plain JavaScript on the built store: a hundred of them are started, and to compile each would take a second.
const { StateStore } = await import(new URL('../../../dist/state/state-store.js', import.meta.url).href);

/** What is in the store after a save: a window of records that moves on. */
const WINDOW = 300;

const [directory, first] = process.argv.slice(2);
process.on('disconnect', () => process.exit(1));
const store = await StateStore.open(directory, {
  onNotice: ({ kind, text }) => process.send({ notice: `${kind}: ${text}` }),
  onRefused: (reason) => process.send({ notice: reason }),
});
for (let number = Number(first); ; number += 1) {
  const record = { number, text: 'x'.repeat(number % 500) };
  await store.save('numbers', [
    [`n${number}`, record],
    [`twin${number}`, record],
    ['last', number],
    [`n${number - WINDOW}`, null],
    [`twin${number - WINDOW}`, null],
  ]);
  // Until it is in the pipe: a send only queues it, and then more than one save could be there that nobody has heard of.
  await new Promise((resolve) => process.send({ saved: number }, resolve));
}
