import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: 'vitest',
    globalSetup: ['vitest/global-setup.js'], // for what breaks nothing; leave it out where there is no such test
    testTimeout: 60_000, // the first test waits until its cluster is up
  },
});
