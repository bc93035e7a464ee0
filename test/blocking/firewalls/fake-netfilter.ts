import { FirewallError, type FirewallFault } from '../../../src/blocking/firewall.js';
import type { Program } from '../../../src/blocking/firewalls/program.js';

type Run = (args: readonly string[], input: string) => string;

/** What one of the two `iptables` has in its table `raw`: the rules by chain, without `-A CHAIN `. */
export class FakeTable {
  readonly chains = new Map<string, string[]>([
    ['PREROUTING', []],
    ['OUTPUT', []],
  ]);
  /** What each rule has counted. */
  counted = [0, 0];

  rules(chain: string): string[] {
    const rules = this.chains.get(chain);
    if (rules === undefined) throw new FirewallError('rejected', `No chain by that name: ${chain}`);
    return rules;
  }

  list(): string {
    const names = [...this.chains.keys()];
    const own = names.filter((name) => name !== 'PREROUTING' && name !== 'OUTPUT');
    const rules = names.flatMap((chain) =>
      this.rules(chain).map((rule) => `-A ${chain} ${rule.replace(/-j/, `-c ${this.counted.join(' ')} -j`)}`),
    );
    return [
      '-P PREROUTING ACCEPT -c 9 9',
      '-P OUTPUT ACCEPT -c 9 9',
      ...own.map((name) => `-N ${name}`),
      ...rules,
      '',
    ].join('\n');
  }

  restore(input: string): void {
    const [table, ...lines] = input.split('\n');
    if (table !== '*raw' || lines.splice(-2).join('|') !== 'COMMIT|') throw new FirewallError('rejected', 'no table');
    for (const line of lines) this.#restoreLine(line);
  }

  #restoreLine(line: string): void {
    const [command = '', name = '', ...words] = line.split(' ');
    if (command.startsWith(':')) this.chains.set(command.slice(1), []);
    else if (command === '-A') this.rules(name).push(words.join(' '));
    else if (command === '-I' && words.shift() === '1') this.rules(name).unshift(words.join(' '));
    else if (command === '-X') this.chains.delete(name);
    else if (command !== '-D') throw new FirewallError('rejected', line);
    else {
      const at = this.rules(name).indexOf(words.join(' '));
      if (at < 0) throw new FirewallError('rejected', 'Bad rule (does a matching rule exist in that chain?)');
      this.rules(name).splice(at, 1);
    }
  }
}

/** As much of the kernel's sets and tables, and of the programs that change them, as our firewall uses. Time stands still. */
export class FakeNetfilter {
  /** How each set was created, and its members with their options. */
  readonly sets = new Map<string, { shape: string; readonly members: Map<string, string> }>();
  readonly ipv4 = new FakeTable();
  readonly ipv6 = new FakeTable();
  /** Each run: the program and its arguments. */
  readonly runs: string[] = [];
  /** The fault of the runs that begin with these words. */
  readonly faults = new Map<string, [FirewallFault, string] | Error>();

  program(name: string): Program {
    const run = this.#run(name);
    return {
      run: async (args, input = '') => {
        const words = [name, ...args].join(' ');
        this.runs.push(words);
        for (const [beginning, fault] of this.faults) {
          if (words.startsWith(beginning)) throw fault instanceof Error ? fault : new FirewallError(...fault);
        }
        return run(args, input);
      },
    };
  }

  #run(name: string): Run {
    switch (name) {
      case 'ipset':
        return (args, input) => this.#ipset(args, input);
      case 'iptables':
        return () => this.ipv4.list();
      case 'ip6tables':
        return () => this.ipv6.list();
      case 'iptables-restore':
        return (_, input) => this.#restore(this.ipv4, input);
      case 'ip6tables-restore':
        return (_, input) => this.#restore(this.ipv6, input);
      default:
        throw new TypeError(name);
    }
  }

  #restore(table: FakeTable, input: string): string {
    for (const [, set = ''] of input.matchAll(/--match-set (\S+)/g)) {
      if (!this.sets.has(set)) throw new FirewallError('rejected', `Set ${set} doesn't exist.`);
    }
    table.restore(input);
    return '';
  }

  #ipset([command = '', name = '']: readonly string[], input: string): string {
    switch (command) {
      case 'list':
        return [...this.sets.keys(), ''].join('\n');
      case 'save':
        return this.#save(name);
      case 'destroy':
        if (`${this.ipv4.list()}${this.ipv6.list()}`.includes(` ${name} `))
          throw new FirewallError('rejected', 'in use');
        this.#set(name);
        this.sets.delete(name);
        return '';
      default:
        for (const line of input.split('\n').slice(0, -1)) this.#restoreLine(line, name === '-exist');
        return '';
    }
  }

  #save(name: string): string {
    const { shape, members } = this.#set(name);
    return [`create ${name} ${shape}`, ...[...members].map((member) => `add ${name} ${member.join(' ')}`), ''].join(
      '\n',
    );
  }

  #set(name: string) {
    const set = this.sets.get(name);
    if (set === undefined) throw new FirewallError('rejected', 'The set with the given name does not exist');
    return set;
  }

  #restoreLine(line: string, mayExist: boolean): void {
    const [command, name = '', ...words] = line.split(' ');
    if (command === 'create') {
      if (this.sets.has(name)) throw new FirewallError('rejected', 'set with the same name already exists');
      this.sets.set(name, { shape: words.join(' '), members: new Map() });
      return;
    }
    const { members } = this.#set(name);
    const [member = '', ...options] = words;
    if (command === 'add') members.set(member, `${options.join(' ')} packets 0 bytes 0`);
    else if (!members.delete(member) && !mayExist) throw new FirewallError('rejected', "it's not added");
  }
}
