/**
 * Where a link leads that MLflow's clients print at the end of a run: they put the whole way behind
 * a `#`, of which no server hears.
 */
export function fromMlflow(hash: string): string | null {
  const run = /^#\/experiments\/\d+\/runs\/([0-9a-f]{32})(?:\/|$)/.exec(hash)?.[1];
  if (run) {
    return `/runs/${run.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
  }
  const model = /^#\/models\/([^/]+)(?:\/versions\/(\d+))?(?:\/|$)/.exec(hash);
  if (model) {
    return `/models/${model[1]}${model[2] ? `/${model[2]}` : ""}`;
  }
  return hash.startsWith("#/experiments/") ? "/runs" : null;
}
