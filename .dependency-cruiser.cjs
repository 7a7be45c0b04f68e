/**
 * Who may import whom. The sources show every import, of types too; the compiled files under dist/ show those that
 * are left when types are gone, so rules that allow a type but not the thing itself look there.
 */

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

const OWN = '^(src|sandbox|dev|demo|bench|test)/';
const PART = /** One part of src, as a folder or as a single file. */ (name) => `src/${name}(/|\\.[jt]s$)`;
const parts = (names) => names.map((name) => `^${PART(name)}`);

/**
 * A part of src reaches the named parts and itself, and nothing else of ours.
 * @returns {Rule}
 */
function reaches(part, others) {
  return {
    name: `${part}-imports`,
    comment: `src/${part} may import ${['itself', ...others].join(', ')}`,
    severity: 'error',
    from: { path: `^${PART(part)}` },
    to: { path: OWN, pathNot: parts([part, ...others]) },
  };
}

/**
 * Instances of these parts come by injection: only their types may be imported.
 * @returns {Rule}
 */
function typesOnly(part, others) {
  return {
    name: `${part}-types-only`,
    comment: `src/${part} may import types from ${others.join(', ')}, but no values`,
    severity: 'error',
    from: { path: `^dist/${PART(part)}` },
    to: { path: others.map((name) => `^dist/${PART(name)}`) },
  };
}

/**
 * A package is used in one place of src, its home.
 * @returns {Rule}
 */
function home(packages, folders) {
  return {
    name: `home-of-${packages[0]}`,
    comment: `${packages.join(' and ')} may be imported in ${folders.join(' and ')} only`,
    severity: 'error',
    from: { path: '^src/', pathNot: folders.map((folder) => `^${folder}/`) },
    to: { path: `node_modules/(${packages.join('|')})/` },
  };
}

const SENDING = ['producer', 'worker', 'webhooks'];

const INJECTED = ['redis', 'provider', 'observe'];
const EVERY_PART = [
  'app',
  'cli',
  'config',
  'index',
  'library',
  'domain',
  'network',
  'preflight',
  'queue',
  ...INJECTED,
  ...SENDING,
];
const CLI = ['app', 'config', 'errors', 'domain'];

/** @type {Rule[]} */
const ownParts = [
  reaches('domain', []),
  reaches('errors', []),
  // The domain is pure vocabulary: accounts are configured, outcomes observed and numbers masked in its words.
  reaches('config', ['errors', 'domain']),
  reaches('observe', ['errors', 'domain', 'network']),
  reaches('queue', ['domain', 'errors']),
  reaches('redis', ['domain', 'errors']),
  reaches('network', ['domain', 'errors']),
  reaches('provider', ['domain', 'errors', 'network']),
  ...SENDING.map((part) => reaches(part, ['domain', 'queue', 'errors', 'network', ...INJECTED])),
  ...SENDING.map((part) => typesOnly(part, INJECTED)),
  reaches('preflight', ['domain', 'network']),
  reaches('push', ['domain', 'errors', 'network', 'redis', 'observe']),
  typesOnly('push', ['redis', 'observe']),
  reaches('index', ['library', 'producer', 'redis', 'queue', 'errors', 'domain']),
  reaches('library', ['producer', 'redis', 'queue', 'config', 'errors', 'domain']),
  typesOnly(
    'cli',
    EVERY_PART.filter((part) => part !== 'cli' && !CLI.includes(part)),
  ),
  {
    name: 'src-stands-alone',
    comment: 'src never imports sandbox, dev, demo, bench or test',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(sandbox|dev|demo|bench|test)/' },
  },
  {
    name: 'sandbox-imports',
    comment:
      'the sandbox knows the domain, how to listen and the wire shapes of the provider, not how we send',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: {
      path: OWN,
      pathNot: ['^sandbox/', '^src/domain/', '^src/network/listen\\.ts$', '^src/provider/wire\\.ts$'],
    },
  },
  {
    name: 'tests-are-leaves',
    comment: 'what ships, and the demo, import no test',
    severity: 'error',
    from: { path: '^(sandbox|dev|demo)/' },
    to: { path: '^(test|bench)/' },
  },
];

/** @type {Rule[]} */
const thirdParties = [
  home(['bullmq'], ['src/queue', 'src/worker']),
  home(['ioredis'], ['src/redis']),
  home(['undici'], ['src/network', 'src/provider', 'src/push']),
  home(['standardwebhooks'], ['src/push']),
  home(['prom-client', 'pino', 'pino-pretty'], ['src/observe']),
  home(['fastify', '@fastify/[^/]+'], ['src/webhooks', 'src/producer/http']),
  {
    name: 'domain-is-pure',
    comment:
      'src/domain imports nothing but itself and two packages of pure rules: nothing else, and nothing of Node',
    severity: 'error',
    from: { path: '^src/domain/' },
    to: { pathNot: ['^src/', 'node_modules/(libphonenumber-js|ipaddr\\.js)/'] },
  },
  {
    name: 'no-dev-dependency',
    comment: 'what ships runs without development packages',
    severity: 'error',
    from: { path: '^(src|sandbox|dev)/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...ownParts,
    ...thirdParties,
    {
      name: 'no-cycles',
      comment: 'two files that import each other, types included, are one idea in two places',
      severity: 'error',
      from: { path: OWN },
      to: { circular: true },
    },
    {
      name: 'resolves',
      comment: 'every import leads to a file',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/.*\\.d\\.ts$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.json'],
    },
  },
};
