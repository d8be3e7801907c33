import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import { checkArgumentList } from '../../../sysinit/argument-list.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { checkFileCapabilities } from '../../../sysinit/file-capabilities.js';
import { findProgram } from '../../../sysinit/program.js';
import { checkProgramFormat } from '../../../sysinit/program-format.js';
import { resolveUser } from '../../../sysinit/users.js';
import { checkWorkingDirectory, refuseKernelLinks } from '../../../sysinit/working-directory.js';
import type { ContainerConfig, ExecRequest, OciProcess, OciSpec } from '../contracts/index.js';
import { type Bundle, rlimits } from '../host/index.js';
import { allCapabilities, capabilityBits, hasVariable, mergeEnvironment, withHome } from '../parsers/index.js';

/**
 * The OCI process of `exec`: the container's own, from its bundle, merged with the request. User, folder and program
 * are resolved against the container's files, which may be hostile and change meanwhile.
 * @param root the root of the container's first process, as a folder
 * @throws GantryError `no such program`, `not executable`, `invalid`
 */
export function execProcessSpec(
  bundle: Bundle,
  config: ContainerConfig,
  root: string,
  request: ExecRequest,
): OciProcess {
  const { process } = JSON.parse(readFileSync(bundle.config, 'utf8')) as OciSpec;
  const tree = new ContainerTree(root, []);
  const user = resolveUser(tree, request.user || (config.process.User ?? ''), config.groupAdd);
  const cwd = request.workdir ? workingDirectory(tree, request.workdir) : process.cwd;
  const own = config.process.Env ?? [];
  const asked = mergeEnvironment(process.env, [
    ...(hasVariable(own, 'HOME') ? [] : [`HOME=${user.home}`]),
    ...(request.tty && !hasVariable(own, 'TERM') ? ['TERM=xterm'] : []),
    ...(request.env ?? []),
  ]);
  const env = withHome(asked, user.home);
  const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? '';
  const program = findProgram(tree, { program: request.args[0] ?? '', path, cwd, user });
  checkProgramFormat(tree, program);
  checkArgumentList(request.args, env);
  const capabilities = request.privileged ? allCapabilitySets() : process.capabilities;
  checkFileCapabilities(tree, program, capabilityBits(capabilities.bounding));
  const { consoleSize, ...rest } = process;
  return {
    ...rest,
    terminal: request.tty ?? false,
    ...(request.tty && request.size && { consoleSize: { height: request.size.rows, width: request.size.columns } }),
    user: { ...process.user, uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: request.args,
    env,
    cwd,
    // The engine's own limits may be lower than at the start of the run.
    rlimits: rlimits(rest.rlimits),
    capabilities,
  };
}

/** Resolves links: a runtime that follows one into /proc/self/fd ends up on the host (CVE-2024-21626). */
function workingDirectory(tree: ContainerTree, wanted: string): string {
  const { path, missing, stats } = tree.resolve(checkWorkingDirectory(wanted));
  refuseKernelLinks(posix.join(path, ...missing), wanted);
  if (missing.length > 0) {
    throw new GantryError('no such program', `chdir to cwd (${JSON.stringify(wanted)}): no such file or directory`);
  }
  if (!stats.isDirectory()) {
    throw new GantryError('not executable', `chdir to cwd (${JSON.stringify(wanted)}): not a directory`);
  }
  return path;
}

function allCapabilitySets(): OciProcess['capabilities'] {
  const all = allCapabilities();
  return { bounding: all, effective: all, permitted: all, inheritable: [], ambient: [] };
}
