import './system/check-node.ts';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../package.json';
import type { NewCluster } from './commands/cluster.ts';
import { DIFF_FORMATS, withOutputOptions, withShardOption } from './commands/output-options.ts';
import { log } from './system/log.ts';
import { UserError } from './system/user-error.ts';

/** The repository is where this file is, wherever the command was started. */
const ROOT = resolve(__dirname, '..');
/** For requests from inside a cluster: sh and curl. */
const PROBE_IMAGE = 'docker.io/curlimages/curl:8.17.0';
const EXIT_CODES = '\nExit codes: 0 clean, 1 findings or a difference, 2 usage or the tool could not run.';

/** Loaded when it runs: `--help` and small commands do not wait for the code of the large ones. */
const load = {
  check: () => require('./commands/check.ts') as typeof import('./commands/check.ts'),
  cluster: () => require('./commands/cluster.ts') as typeof import('./commands/cluster.ts'),
  diff: () => require('./commands/diff.ts') as typeof import('./commands/diff.ts'),
  docs: () => require('./commands/docs.ts') as typeof import('./commands/docs.ts'),
  e2e: () => require('./commands/e2e.ts') as typeof import('./commands/e2e.ts'),
  generate: () => require('./commands/generate.ts') as typeof import('./commands/generate.ts'),
  images: () => require('./images/images-command.ts') as typeof import('./images/images-command.ts'),
  lab: () => require('./commands/lab.ts') as typeof import('./commands/lab.ts'),
  removeCluster: () => require('./commands/remove-cluster.ts') as typeof import('./commands/remove-cluster.ts'),
  render: () => require('./commands/render.ts') as typeof import('./commands/render.ts'),
  rings: () => require('./commands/rings.ts') as typeof import('./commands/rings.ts'),
  rotate: () => require('./commands/rotate.ts') as typeof import('./commands/rotate.ts'),
  rotation: () => require('./commands/rotation.ts') as typeof import('./commands/rotation.ts'),
  rotationStatus: () => require('./commands/rotation-status.ts') as typeof import('./commands/rotation-status.ts'),
  schemas: () => require('./commands/schemas.ts') as typeof import('./commands/schemas.ts'),
  teardownCluster: () => require('./commands/teardown-cluster.ts') as typeof import('./commands/teardown-cluster.ts'),
  verify: () => require('./commands/verify.ts') as typeof import('./commands/verify.ts'),
  validate: () => require('./commands/validate.ts') as typeof import('./commands/validate.ts'),
};

/** Whether the exit code is that of the action. */
let isDone = false;

function program(): Command {
  const cli = new Command('ai-spm-mesh')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)');
  const command = (name: string, description: string) =>
    cli.command(name).description(description).addHelpText('after', EXIT_CODES);
  const run = (action: () => number | Promise<number>) => async () => {
    process.exitCode = await action();
    isDone = true;
  };

  const checking = command('check', 'check the whole repository offline and write report/ (npm start)');
  withShardOption(withOutputOptions(checking)).action((options) => run(() => load.check().check(ROOT, options))());

  const validating = command('validate', 'run all rules on the repository, or on any manifests')
    .option('-m, --manifests <path...>', 'manifests to check instead: files, folders, or - for stdin')
    .option('--complete', 'nothing exists beside the manifests, so that a dangling reference is a finding')
    .option('--explain <code>', 'explain one code');
  withShardOption(withOutputOptions(validating)).action((options) =>
    run(() => (options.explain ? load.docs().explain(options.explain) : load.validate().validate(ROOT, options)))(),
  );

  command('generate', 'bring generated files up to date with the cluster records')
    .option('--check', 'write nothing, exit 1 when something is out of date')
    .option('--force', 'overwrite generated files that were edited by hand')
    .action((options) => run(() => load.generate().generate(ROOT, options))());

  const rendering = command('render', 'build targets with kustomize').argument(
    '[targets...]',
    'folders such as overlays/prod; all when none is given',
  );
  withShardOption(rendering.option('--out <folder>', 'write one file for each target instead of stdout')).action(
    (targets, options) => run(() => load.render().render(ROOT, targets, options))(),
  );

  command('diff', 'say what a change does to every cluster, before it is merged')
    .requiredOption(
      '--base <ref>',
      'branch or commit that the change is for; compared with the commit that both have in common, as a pull request is',
    )
    .option('--head <ref>', 'commit with the change, instead of the files as they are now')
    .option('--repository <folder>', 'clone to read, instead of the one that this code is in')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices([...DIFF_FORMATS]).default('pretty'))
    .option('--output-file <path>', 'write it to a file instead of stdout')
    .option('--no-color', 'no colours (also by NO_COLOR, or when stdout is no terminal)')
    .action((options) => run(() => load.diff().diff(ROOT, options))());

  command('status', 'show which ring runs which commit, and how far it is behind')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['pretty', 'json']).default('pretty'))
    .action((options) => run(() => load.rings().status(ROOT, options))());

  command('promote', 'move a ring to a commit, after the rings before it; an older commit takes it back')
    .argument('<ring>', 'ring of argocd/rings.yaml')
    .argument('<commit>', 'commit of the branch that Argo CD follows, or that branch itself')
    .option('--dry-run', 'say what would change, and write nothing')
    .action((ring: string, commit: string, options) =>
      run(() => load.rings().promoteAndTell(ROOT, ring, commit, options))(),
    );

  command('explain', 'explain a finding')
    .argument('<code>', 'a code such as SRC013')
    .action((code) => run(() => load.docs().explain(code))());
  command('docs', 'write docs/rules from the registry of codes').action(run(() => load.docs().writeDocs(ROOT)));

  command('schemas', 'write schemas/ from the pinned upstream definitions (needs Go)')
    .option('--check', 'write nothing, exit 1 when a file is out of date')
    .action((options) => run(() => load.schemas().schemas(ROOT, options))());

  const images = command('images', 'versions and digests of the images, pinned in base/kustomization.yaml');
  images
    .command('list')
    .description('list the images with version and digest')
    .action(run(() => load.images().listImages(ROOT)));
  images
    .command('set')
    .description('give an image another version; its digest goes, until it is resolved anew')
    .argument('<name>', 'name of the image, in full or its last part')
    .argument('<version>', 'exact tag')
    .action((name: string, version: string) => run(() => load.images().setVersion(ROOT, name, version))());
  images
    .command('resolve')
    .description('ask the registries for the digest of each version, and write it')
    .argument('[names...]', 'only these images')
    .option('--check', 'write nothing, exit 1 when a version stands for another image than the one written')
    .option('--registry-map <from=to...>', 'ask a mirror, such as ghcr.io/ai-spm=mirror.example.com/ai-spm')
    .action((only: string[], options) => run(() => load.images().resolveImages(ROOT, { only, ...options }))());

  const cluster = command('cluster', 'add, list and remove clusters');
  cluster
    .command('list')
    .description('list the cluster records')
    .action(run(() => load.cluster().listClusters(ROOT)));
  cluster
    .command('add')
    .description('write a cluster record and everything that follows from it')
    .argument('<name>')
    .requiredOption('--overlay <name>', 'overlay to extend, such as prod')
    .requiredOption('--ring <name>', 'ring of argocd/rings.yaml')
    .requiredOption('--region <name>', 'region of the nodes')
    .requiredOption('--network <name>', 'Istio network')
    .requiredOption('--host <name>', 'public host name')
    .requiredOption('--storage-class <name>', 'block storage, for the database')
    .requiredOption('--shared-storage-class <name>', 'file storage that replicas share')
    .option('--api-server <address>', 'API server as other members of the federation and Argo CD reach it')
    .option('--failover <cluster>', 'member of the federation that takes over')
    .action((name: string, options: NewCluster) => run(() => load.cluster().addCluster(ROOT, name, options))());
  cluster
    .command('remove')
    .description('take a cluster out of git: the first of two steps, nothing stops running')
    .argument('<name>')
    .requiredOption('--confirm <name>', 'the name once more')
    .action((name: string, { confirm }) => run(() => load.removeCluster().removeClusterAndTell(ROOT, name, confirm))());

  cluster
    .command('teardown')
    .description('delete the Applications of a cluster that is out of git: the second step; asks for its name')
    .argument('<name>')
    .requiredOption('--context <name>', 'context of the management cluster')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
    .option('--confirm <name>', 'the name once more, where nobody can be asked')
    .option('--workloads', 'also delete what Argo CD deployed, its data included; without it all of that keeps running')
    .action((name: string, options) => run(() => load.teardownCluster().teardownCluster(ROOT, name, options))());

  const verifying = command('verify', 'check on live clusters what git promises; only reads, unless --probe is given')
    .requiredOption('--context <names...>', 'contexts of the kubeconfig')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
    .option('--probe', 'send real requests, from short-lived pods with the identity of each workload')
    .option('--probe-image <name>', 'image with sh and curl, for --probe', PROBE_IMAGE);
  withOutputOptions(verifying).action((options) => run(() => load.verify().verify(ROOT, options))());

  command('e2e', 'show the promises on running clusters, by default those of the lab')
    .option('--all', 'all suites, with --context those that do no harm; without it the core')
    .option('--only <suites...>', 'these suites')
    .option('--runs <n>', 'how often each of them, for figures', '1')
    .option('--context <name>', 'a cluster of your own, with Argo CD in it; goes with --checkout')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
    .option(
      '--checkout <folder>',
      'for --context: clone of the repository that Argo CD follows; commits are pushed to its main',
    )
    .option('--probe-image <name>', 'image with sh and curl', PROBE_IMAGE)
    .action((options) => run(() => load.e2e().e2e(ROOT, options))());

  const rotate = command('rotate', 'secrets and certificates: make them, seal them, replace them');
  rotate
    .command('init')
    .description('seal the first secrets of a cluster to its certificate; can be run again')
    .argument('<cluster>', 'name of a record')
    .option('--context <name>', 'context of the cluster: its sealing key is read, or made where it has none')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
    .option('--certificate <file>', 'sealing certificate of the cluster, where it cannot be reached')
    .option('--mesh-root <file>', 'root of the mesh, for a cluster that shares it with others')
    .addOption(
      new Option('--mesh-request', 'write a request for the root of the mesh, where it is held outside').conflicts([
        'meshRoot',
        'chain',
      ]),
    )
    .option('--rsa', 'with --mesh-request: a key of RSA with 4096 bits, not ECDSA P-256')
    .addOption(
      new Option('--chain <file>', 'what was answered to that request, the own certificate first').conflicts([
        'meshRoot',
        'context',
        'certificate',
      ]),
    )
    .option('--root-certificate <file>', 'with --chain: the root, where no other member has it yet')
    .action((name: string, options) => run(() => load.rotate().init(ROOT, name, options))());
  rotate
    .command('root')
    .description('make the root of the mesh, in an encrypted file outside the repository')
    .argument('<file>')
    .option('--rsa', 'a key of RSA with 4096 bits, not ECDSA P-256')
    .action((file: string, options) => run(() => load.rotate().root(file, options))());
  rotate
    .command('status')
    .description('what exists, in which phase it is, how old it is, what hangs on which key, and what ends when')
    .option('--cluster <names...>', 'only these clusters')
    .option('--context <names...>', 'say which sealing keys these clusters have, and which of them may go')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
    .option('--within <days>', 'exit 1 when something ends within so many days', wholeNumber, 30)
    .option('--ics <file>', 'write the dates as a calendar, too')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['pretty', 'json']).default('pretty'))
    .action((options) => run(() => load.rotationStatus().status(ROOT, options))());
  const stepping = (name: string, description: string) =>
    rotate
      .command(name)
      .description(description)
      .argument('<kind>', 'such as session, database or mesh-root; `rotate status` names those of a cluster')
      .option('--cluster <names...>', 'only these clusters')
      .addOption(new Option('-o, --output <format>', 'how to print it').choices(['pretty', 'json']).default('pretty'));
  const withFacts = (command: Command) =>
    command
      .option('--context <names...>', 'contexts of the clusters whose state is looked at')
      .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
      .option('--from <folder>', 'what `rotate collect` has saved, where the clusters cannot be reached from here')
      .option('--max-age <minutes>', 'how old that may be', wholeNumber, 15);
  const withInputs = (command: Command) =>
    withFacts(command)
      .option('--commit', 'make the commit; without it nothing is written')
      .option('--mesh-root <file>', 'root that signs, as `rotate root` has made it')
      .option('--root-certificate <file>', 'certificate of a root that is to be trusted')
      .option('--chain <file>', 'certificates that an authority has given, the own one first')
      .option('--slow', 'mesh-root: leave proxies their certificates until they renew them by themselves')
      .option('--key <file>', 'private key that belongs to --chain, where it was not made here')
      .option('--rsa', 'make keys of RSA with 4096 bits, not ECDSA P-256')
      .option('--self-signed', 'gateway-tls: a certificate that no client trusts, for labs')
      .option('--values', 'read `name=value` lines from standard input');
  stepping('plan', 'the phases of a rotation, and where each cluster is').action((kind: string, options) =>
    run(() => load.rotation().plan(ROOT, kind, options))(),
  );
  withInputs(stepping('apply', 'take the next step, as one commit'))
    .option('--to <phase>', 'refuse unless this is where the step leads')
    .option('--emergency', 'the new value alone, at once, without looking at anything: for a secret that others know')
    .action((kind: string, options) => run(() => load.rotation().apply(ROOT, kind, options))());
  withFacts(stepping('verify', 'say whether the clusters are ready for the next step')).action(
    (kind: string, options) => run(() => load.rotation().verify(ROOT, kind, options))(),
  );
  withInputs(stepping('abort', 'go back to the phase before, as one commit'))
    .option('--to <phase>', 'refuse unless this is where the step leads; needed for a second step back after the other')
    .action((kind: string, options) => run(() => load.rotation().abort(ROOT, kind, options))());
  rotate
    .command('collect')
    .description('save what the gates look at, without any secret')
    .argument('<folder>')
    .requiredOption('--context <names...>', 'contexts of the clusters')
    .option('--kind <names...>', 'only what the gates of these kinds look at')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config')
    .action((folder: string, options) => run(() => load.rotation().collect(folder, options))());

  const lab = command('lab', 'real clusters on this machine (Linux, root): Kubernetes, Istio and Argo CD');
  lab
    .command('up')
    .description('start what does not run yet; the first time builds every program, about 20 min on two cores')
    .option('--clusters <n>', 'how many clusters', '2')
    .action((options) => run(() => load.lab().up(ROOT, options))());
  lab
    .command('down')
    .description('end all clusters and remove what they made')
    .action(run(() => load.lab().down()));
  lab
    .command('status')
    .description('which clusters run')
    .action(run(() => load.lab().status()));
  return cli;
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}

async function main(): Promise<void> {
  // Until an action says otherwise: Node ends when nothing is left to wait for, also with a promise that never came true.
  process.exitCode = 2;
  try {
    await program().parseAsync();
  } catch (error) {
    process.exitCode = failure(error);
  }
}

/** Anything that is not a finding is exit code 2; only an error that nobody foresaw shows its stack. */
function failure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    const { why, fix, source } = error.details;
    log(`error: ${error.what}`);
    if (source) log(`  at: ${source.file}:${source.line}:${source.column}`);
    const indented = (text: string) => text.replaceAll('\n', '\n       ');
    if (why) log(`  why: ${indented(why)}`);
    log(`  fix: ${indented(fix)}`);
    return 2;
  }
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  log('This is a defect of the tool: please report it with the lines above.');
  return 2;
}

// A reader that closes early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(isDone ? process.exitCode : 0);
});

void main();
