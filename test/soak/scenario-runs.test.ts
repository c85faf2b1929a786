import { afterAll, describe, expect, test } from 'vitest';
import { TestCluster } from '../docker/support/cluster.ts';
import { play } from '../scenarios/play.ts';
import { playRefusals } from '../scenarios/play-refusals.ts';
import { refusalPlaces } from '../scenarios/refusal.ts';
import { failuresOf } from '../scenarios/report.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { type RunFigures, tableOf } from '../scenarios/table.ts';

const everyOne = 'redis:7.0';
const images = ['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'];
const times = Number(process.env.SOAK_PROMOTIONS ?? 50);
const longMs = 300_000;
const figures: RunFigures[] = [];

/** @returns what is wrong */
async function playOn(scenario: Scenario, image: string): Promise<readonly string[]> {
  const cluster = new TestCluster('scenario');
  try {
    const played = await play(scenario, image, cluster);
    figures.push(played.figures);
    return failuresOf(played);
  } finally {
    await cluster.remove();
  }
}

describe.each(images)('on %s', (image) => {
  const chosen = scenarios.filter(({ core }) => core === true || image === everyOne);
  test.each(chosen)(
    'every invariant must hold after: $name',
    async (scenario) => {
      expect(await playOn(scenario, image)).toEqual([]);
    },
    longMs,
  );
});

test.each(refusalPlaces)(
  'what is refused must change nothing, and say the way out: $topology',
  async (place) => {
    const cluster = new TestCluster('refusals');
    try {
      const refused = await playRefusals(place, everyOne, cluster, () => undefined);
      const failed = refused.filter(({ problems }) => problems.length > 0);
      expect(failed.map(({ refusal: { name, rmsx }, problems }) => [name, rmsx, problems])).toEqual([]);
    } finally {
      await cluster.remove();
    }
  },
  2 * longMs,
);

test(
  `${times} promotions after SIGKILL of the master must report exactly what they lose`,
  async () => {
    const scenario = scenarios.find(({ name }) => name === 'the master of a star dies');
    if (!scenario) throw new Error('the scenario has another name');
    const wrong: string[] = [];
    for (let i = 0; i < times; i++) wrong.push(...(await playOn(scenario, everyOne)));
    expect(wrong).toEqual([]);
  },
  times * longMs,
);

afterAll(() => void process.stdout.write(`\n${tableOf(figures)}`));
