import { inspect } from 'node:util';
import { defaults } from '../../src/config/defaults.ts';
import { TestCluster } from '../docker/support/cluster.ts';
import { setup } from '../helpers/build-first.ts';
import { isAsked, type Options, parseOptions, usage } from './options.ts';
import { play } from './play.ts';
import { playRefusals } from './play-refusals.ts';
import { refusalPlaces, refusalsOn } from './refusal.ts';
import { refusals } from './refusals.ts';
import { failuresOf, refusedText, reportOf } from './report.ts';
import { scenarios } from './scenarios.ts';
import { placeOf, sentenceOf } from './sentence.ts';
import { type RunFigures, tableOf } from './table.ts';

const print = (text: string): void => void process.stdout.write(text);

/** Those of a shape are called by it. */
const refusalName = (topology: string, name: string): string => `refusals of a ${topology}: ${name}`;

/** @returns how many runs failed */
async function playAll(options: Options): Promise<number> {
  const figures: RunFigures[] = [];
  let failures = 0;
  for (const scenario of scenarios.filter(({ name }) => isAsked(options, name))) {
    for (let time = 1; time <= options.times; time++) {
      print(`\n${sentenceOf(scenario, options.image)}\n`);
      failures += await onCluster(options, async (cluster) => {
        const played = await play(scenario, options.image, cluster);
        print(reportOf(played));
        figures.push(played.figures);
        return failuresOf(played).length > 0 ? 1 : 0;
      });
    }
  }
  if (figures.length > 0) print(`\n${tableOf(figures)}`);
  return failures;
}

async function refuseAll(options: Options): Promise<number> {
  let failures = 0;
  for (const place of refusalPlaces) {
    const isWanted = ({ name }: { readonly name: string }): boolean =>
      isAsked(options, refusalName(place.topology, name));
    if (!refusalsOn(refusals, place.topology).some(isWanted)) continue;
    print(`\nGiven ${placeOf({ ...place, writers: 0 }, options.image)}:\n`);
    failures += await onCluster(options, async (cluster) => {
      const refused = await playRefusals(place, options.image, cluster, (each) => print(refusedText(each)), isWanted);
      return refused.filter(({ problems }) => problems.length > 0).length;
    });
  }
  return failures;
}

/** A cluster that is gone afterwards, unless it is to stay. @returns how many runs on it failed */
async function onCluster({ keeps }: Options, work: (cluster: TestCluster) => Promise<number>): Promise<number> {
  const cluster = new TestCluster('scenario');
  try {
    return await work(cluster);
  } catch (error) {
    print(`not ok it cannot be played to its end: ${inspect(error)}\n`);
    return 1;
  } finally {
    if (keeps) print(`kept: ${cluster.name}; remove it with: rmsx down --volumes -n ${cluster.name}\n`);
    else await cluster.remove();
  }
}

function list(): void {
  for (const { name, core } of scenarios) print(`${core ? 'core  ' : '      '}${name}\n`);
  for (const { topology } of refusalPlaces) {
    for (const { name, rmsx } of refusalsOn(refusals, topology)) {
      print(`      ${refusalName(topology, `${name} (rmsx ${rmsx})`)}\n`);
    }
  }
}

const options = parseOptions(process.argv.slice(2), process.env.RMSX_IMAGE || defaults.image);
if (!options) print(usage);
else if (options.lists) list();
else {
  setup();
  const failures = (await playAll(options)) + (await refuseAll(options));
  if (failures > 0) print(`${failures} failed\n`);
  process.exit(failures > 0 ? 1 : 0);
}
