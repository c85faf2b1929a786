import type { TestCluster } from '../docker/support/cluster.ts';
import { eventually, type Finished } from '../docker/support/run.ts';
import type { Reported } from './losses.ts';
import type { Command } from './scenario.ts';

const againMs = 40_000;
/** A refusal that says who has more of the stream. */
const isBehind = / is \d+ bytes behind \S+ \(offset \d+ of \d+\)/;

/** What a command of rmsx printed, as far as it says something of losses and of change. */
interface Printed {
  readonly changed?: boolean;
  readonly lostBytes?: number | null;
  readonly lost?: { readonly writes: number | null; readonly bytes: number | null; readonly list: string[] } | null;
}

/** The commands of a scenario, and what they said. */
export class Verbs {
  readonly #cluster: TestCluster;
  readonly #documents: { readonly verb: string; readonly printed: Printed }[] = [];
  readonly problems: string[] = [];
  /** The last one that changed something, to be typed again. */
  last: Command | undefined;
  /** How many times another node became the master. */
  handOvers = 0;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
  }

  /** Types a command, or the one in its place; one that ends otherwise than it should is a problem. */
  async type(command: Command): Promise<void> {
    const ended = await this.#typeWhile(command);
    if (command.ifBehind === undefined || !isBehind.test(ended.stderr)) return this.#keep(command, ended);
    const other = { ...command, rmsx: command.ifBehind };
    return this.#keep(other, await this.#typeWhile(other));
  }

  async #typeWhile(command: Command): Promise<Finished> {
    if (command.while === undefined) return this.#run(command);
    return eventually(
      'it ends otherwise',
      async () => {
        const ended = await this.#run(command);
        const isAgain = ended.code === command.while && !(command.ifBehind && isBehind.test(ended.stderr));
        return isAgain ? false : ended;
      },
      againMs,
    );
  }

  #keep(command: Command, ended: Finished): void {
    const { exit = 0, says } = command;
    const line = `rmsx ${command.rmsx.join(' ')}`;
    if (ended.code !== exit) this.problems.push(`${line} ended with ${ended.code}, and not ${exit}: ${ended.stderr}`);
    if (says && !says.test(ended.stderr)) this.problems.push(`${line} does not say ${says}: ${ended.stderr}`);
    if (ended.code !== 0) return;
    const [verb = ''] = command.rmsx;
    this.#documents.push({ verb, printed: JSON.parse(ended.stdout) as Printed });
    this.last = command;
    if (verb === 'promote' || verb === 'switchover') this.handOvers += command.rmsx.includes('--via') ? 2 : 1;
  }

  /** I13: types the last command again. @returns what is wrong */
  async typeAgain(): Promise<readonly string[]> {
    if (!this.last) return [];
    const ended = await this.#run(this.last);
    const line = `rmsx ${this.last.rmsx.join(' ')}, again`;
    if (ended.code !== 0) return [`${line}: ended with ${ended.code}: ${ended.stderr}`];
    return (JSON.parse(ended.stdout) as Printed).changed === false ? [] : [`${line}: it changed something`];
  }

  /** What was said to be lost. */
  get reported(): Reported {
    const promoted = this.#documents.find(({ verb }) => verb === 'promote')?.printed;
    const rejoined = this.#documents.find(({ verb }) => verb === 'rejoin')?.printed.lost;
    return {
      lostBytes: promoted?.lostBytes ?? null,
      list: rejoined && rejoined.writes !== null ? rejoined.list : null,
      bytes: rejoined?.bytes ?? null,
    };
  }

  #run({ rmsx: [verb = '', ...args] }: Command): Promise<Finished> {
    return this.#cluster.rmsx(verb, ...args, '--json');
  }
}
