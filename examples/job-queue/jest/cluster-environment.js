import { TestEnvironment } from 'jest-environment-node';
import { withCluster } from 'rmsx/jest';

export default withCluster(TestEnvironment, { replicas: 2 });
