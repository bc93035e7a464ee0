/**
 * Runs a program until it is done. The first SIGINT or SIGTERM aborts its signal; a second one, or the end of the grace time, ends the
 * process with 1.
 * @param onStop is told the name of the first signal.
 */
export async function untilStopped<T>(
  graceSeconds: number,
  program: (signal: AbortSignal) => Promise<T>,
  onStop: (name: string) => void = () => undefined,
): Promise<T> {
  const controller = new AbortController();
  const giveUp = () => process.exit(1);
  const stop = (name: string) => {
    if (controller.signal.aborted) giveUp();
    onStop(name);
    controller.abort();
    // Longer than the last flush may take, which ends by itself and says so.
    setTimeout(giveUp, graceSeconds * 1000 + 2000).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return program(controller.signal).finally(() => process.off('SIGINT', stop).off('SIGTERM', stop));
}
