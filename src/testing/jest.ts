/**
 * A cluster for the tests of Jest.
 * @packageDocumentation
 */
import type { Cluster } from '../library/cluster.ts';
import { keepLogs } from './failure-logs.ts';
import { logsOf, startTestCluster, type TestClusterSettings } from './test-cluster.ts';

export type { TestClusterSettings } from './test-cluster.ts';

declare global {
  /** What the environment of `withCluster` gives to the tests of a file. */
  var rmsx: { readonly cluster: Cluster };
}

/** An environment of Jest, as far as it matters here. */
export interface JestEnvironment {
  global: object;
  setup(): Promise<void>;
  teardown(): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: the events of jest-circus, of one version or another
  handleTestEvent?(event: any, state: any): Promise<void> | void;
}

// biome-ignore lint/suspicious/noExplicitAny: what a class that is extended takes
type EnvironmentClass = new (...args: any[]) => JestEnvironment;

/**
 * Gives the tests of each file a cluster of their own, as `rmsx.cluster`; the logs of its nodes are written down when one of them
 * fails. It is brought up outside of the modules that Jest makes for the tests, so these may be of any kind.
 * @param base - `TestEnvironment` of jest-environment-node, or of another package
 * @param settings - as for `up`, and where the logs go; `testEnvironmentOptions` of a file or of Jest go before
 * @returns an environment: the default export of a file that `testEnvironment` names
 * @example
 * import { TestEnvironment } from 'jest-environment-node';
 * export default withCluster(TestEnvironment, { replicas: 2 });
 */
export function withCluster<Base extends EnvironmentClass>(base: Base, settings: TestClusterSettings = {}): Base {
  return class extends (base as EnvironmentClass) {
    readonly #settings: TestClusterSettings;
    readonly #file: string;
    #cluster: Cluster | undefined;

    constructor(...args: readonly unknown[]) {
      super(...args);
      const [config, context] = args as [Config?, Context?];
      this.#settings = { ...settings, ...config?.projectConfig?.testEnvironmentOptions?.rmsx };
      this.#file = context?.testPath ?? 'test';
    }

    override async setup(): Promise<void> {
      await super.setup();
      this.#cluster = await startTestCluster(this.#settings);
      Object.assign(this.global, { rmsx: { cluster: this.#cluster } });
    }

    override async teardown(): Promise<void> {
      try {
        await this.#cluster?.[Symbol.asyncDispose]();
      } finally {
        await super.teardown();
      }
    }

    override async handleTestEvent(event: TestEvent, state: unknown): Promise<void> {
      await super.handleTestEvent?.(event, state);
      if (event.name !== 'test_done' || !this.#cluster || !event.test?.errors.length) return;
      const failed = { file: this.#file, name: fullNameOf(event.test) };
      const said = await keepLogs(this.#cluster, failed, logsOf(this.#settings));
      if (said !== null) (this.global as typeof globalThis).console.warn(said); // Jest shows it with the file
    }
  } as unknown as Base;
}

interface Config {
  readonly projectConfig?: { readonly testEnvironmentOptions?: { readonly rmsx?: TestClusterSettings } };
}

interface Context {
  readonly testPath?: string;
}

/** A test, or a suite around it. */
interface Block {
  readonly name: string;
  readonly parent?: Block;
}

interface TestEvent {
  readonly name: string;
  readonly test?: Block & { readonly errors: readonly unknown[] };
}

/** The outermost suite is that of the file, and has no parent. */
const fullNameOf = ({ name, parent }: Block): string => (parent?.parent ? `${fullNameOf(parent)} ${name}` : name);
