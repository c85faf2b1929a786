export default {
  rootDir: '.',
  testEnvironment: './cluster-environment.js',
  testTimeout: 60_000,
  transform: {}, // the modules run as they are
};
