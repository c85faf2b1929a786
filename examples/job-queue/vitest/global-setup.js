import { globalCluster } from 'rmsx/vitest';

export default globalCluster({ replicas: 1 });
