import t from 'tap';
import { FirewallError } from '../../../src/blocking/firewall.js';
import { privilegedProgram } from '../../../src/blocking/firewalls/privileged-program.js';

const failing = (error: unknown) => privilegedProgram({ run: () => Promise.reject(error) });

await t.test('what the program says is passed on, and to it what it is told', async (t) => {
  const program = privilegedProgram({ run: async (args, input) => `${args.join()} ${input}` });
  t.equal(await program.run(['a', 'b'], 'c'), 'a,b c');
});

await t.test('whatever says that it may not names the remedy', async (t) => {
  for (const said of [
    'ipset v7.17: Kernel error received: Operation not permitted',
    'iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)',
    "iptables v1.8.9 (nf_tables): Can't open socket to ipset",
    "Fatal: can't open lock file /run/xtables.lock: Permission denied",
  ]) {
    for (const end of ['', '.', '.\n']) {
      const error = new FirewallError('rejected', said + end);
      const message = `${said}. iptables needs the ambient capability CAP_NET_RAW besides`;
      await t.rejects(failing(error).run([]), { fault: 'not_permitted', message, cause: error });
    }
  }
  await t.rejects(failing(new FirewallError('not_permitted', 'x')).run([]), { message: /^x\. .*CAP_NET_RAW/ });
});

await t.test('other faults are what they are', async (t) => {
  for (const error of [
    new FirewallError('rejected', 'ipset v7.17: The set with the given name does not exist'),
    new FirewallError('no_program', 'not permitted'),
    new FirewallError('timeout', 'not permitted'),
    new Error('Operation not permitted'),
  ]) {
    await t.rejects(failing(error).run([]), error);
    await failing(error)
      .run([])
      .catch((thrown: unknown) => t.equal(thrown, error));
  }
});
