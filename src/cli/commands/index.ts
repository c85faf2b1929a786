import type { Command } from '../command.ts';

/** A verb that is loaded when it is used. */
export interface LazyCommand {
  readonly name: string;
  readonly positionals: string;
  readonly describe: string;
  /** Behind what everything belongs to another program, flags as well: its first argument, or `--`. @default nothing */
  readonly passesOn?: 'argument' | '--';
  load(): Promise<Command>;
}

/** Every verb, in the order of the help text. */
export const commands: readonly LazyCommand[] = [
  {
    name: 'up',
    positionals: '',
    describe: 'make the cluster, or finish it, and wait until replication is usable',
    load: () => import('./up.ts').then(({ upCommand }) => upCommand),
  },
  {
    name: 'status',
    positionals: '',
    describe: 'what is, against what should be; exits 3 when anything is wrong',
    load: () => import('./status.ts').then(({ statusCommand }) => statusCommand),
  },
  {
    name: 'topology',
    positionals: '',
    describe: 'who replicates from whom, as a tree or for other programs',
    load: () => import('./topology.ts').then(({ topologyCommand }) => topologyCommand),
  },
  {
    name: 'verify',
    positionals: '',
    describe: 'write on the master, read on every node, compare the data; exits 3 when anything is off',
    load: () => import('./verify.ts').then(({ verifyCommand }) => verifyCommand),
  },
  {
    name: 'promote',
    positionals: '[NODE]',
    describe: 'the master is gone: make NODE the master and let the others follow it',
    load: () => import('./promote.ts').then(({ promoteCommand }) => promoteCommand),
  },
  {
    name: 'switchover',
    positionals: 'NODE',
    describe: 'the master is alive: it hands over to NODE without losing a write',
    load: () => import('./switchover.ts').then(({ switchoverCommand }) => switchoverCommand),
  },
  {
    name: 'rejoin',
    positionals: 'NODE',
    describe: 'bring a former master back as a replica, after saying which writes only it has',
    load: () => import('./rejoin.ts').then(({ rejoinCommand }) => rejoinCommand),
  },
  {
    name: 'repair',
    positionals: '',
    describe: 'finish a change that was cut off, or bring the nodes back to the recorded topology',
    load: () => import('./repair.ts').then(({ repairCommand }) => repairCommand),
  },
  {
    name: 'scale',
    positionals: '',
    describe: 'as many replicas as --replicas says, while the cluster runs',
    load: () => import('./scale.ts').then(({ scaleCommand }) => scaleCommand),
  },
  {
    name: 'add',
    positionals: '',
    describe: 'one more replica, under the node that --source names',
    load: () => import('./add.ts').then(({ addCommand }) => addCommand),
  },
  {
    name: 'remove',
    positionals: 'NODE',
    describe: 'the cluster without NODE; who followed it follows its source',
    load: () => import('./remove.ts').then(({ removeCommand }) => removeCommand),
  },
  {
    name: 'move',
    positionals: 'NODE',
    describe: 'let NODE follow the node that --source names',
    load: () => import('./move.ts').then(({ moveCommand }) => moveCommand),
  },
  {
    name: 'start',
    positionals: '[NODE…]',
    describe: 'start what is stopped, sources first, and wait until replication is usable',
    load: () => import('./start.ts').then(({ startCommand }) => startCommand),
  },
  {
    name: 'stop',
    positionals: '[NODE…]',
    describe: 'stop containers, the master before its replicas; data and roles stay',
    load: () => import('./stop.ts').then(({ stopCommand }) => stopCommand),
  },
  {
    name: 'restart',
    positionals: '[NODE…]',
    describe: 'restart containers one after the other, the master last; data and roles stay',
    load: () => import('./restart.ts').then(({ restartCommand }) => restartCommand),
  },
  {
    name: 'fault',
    positionals: 'KIND TARGET…',
    describe: 'break nodes on purpose: kill, stop, pause, partition; heal brings them back',
    load: () => import('./fault.ts').then(({ faultCommand }) => faultCommand),
  },
  {
    name: 'init',
    positionals: '',
    describe: 'write a commented rmsx.yaml, which describes a cluster',
    load: () => import('./init.ts').then(({ initCommand }) => initCommand),
  },
  {
    name: 'render',
    positionals: '',
    describe: 'write redis.conf files and a compose file; touches no engine',
    load: () => import('./render.ts').then(({ renderCommand }) => renderCommand),
  },
  {
    name: 'env',
    positionals: '',
    describe: 'connection strings for programs, password included',
    load: () => import('./env.ts').then(({ envCommand }) => envCommand),
  },
  {
    name: 'url',
    positionals: '[NODE]',
    describe: 'the connection string of a node, password included',
    load: () => import('./url.ts').then(({ urlCommand }) => urlCommand),
  },
  {
    name: 'run',
    positionals: '-- COMMAND…',
    describe: 'up, COMMAND with the variables of env, down; exits with the code of COMMAND',
    passesOn: '--',
    load: () => import('./run.ts').then(({ runCommand }) => runCommand),
  },
  {
    name: 'logs',
    positionals: '[NODE…]',
    describe: 'the logs of the servers, in the order of time',
    load: () => import('./logs.ts').then(({ logsCommand }) => logsCommand),
  },
  {
    name: 'cli',
    positionals: 'NODE [ARGS…]',
    describe: 'redis-cli in a node, already logged in',
    passesOn: 'argument',
    load: () => import('./cli.ts').then(({ cliCommand }) => cliCommand),
  },
  {
    name: 'ls',
    positionals: '',
    describe: 'every cluster on this engine',
    load: () => import('./ls.ts').then(({ lsCommand }) => lsCommand),
  },
  {
    name: 'doctor',
    positionals: '',
    describe: 'which engine is used and why, and whether a cluster would come up on it',
    load: () => import('./doctor.ts').then(({ doctorCommand }) => doctorCommand),
  },
  {
    name: 'down',
    positionals: '',
    describe: 'remove what rmsx made for the cluster; the data stays without --volumes',
    load: () => import('./down.ts').then(({ downCommand }) => downCommand),
  },
  {
    name: 'gc',
    positionals: '',
    describe: 'remove what interrupted runs left behind, and nothing else',
    load: () => import('./gc.ts').then(({ gcCommand }) => gcCommand),
  },
  {
    name: 'completion',
    positionals: 'SHELL',
    describe: 'the completion script for bash, zsh or fish',
    load: () => import('./completion.ts').then(({ completionCommand }) => completionCommand),
  },
];
