import { type Schemas, useAsk } from "../../api/client";
import { ago } from "../../components/said";

const MOST = 30;

/** Return other runs of the same program, to be chosen for a comparison: the last ones first. */
export function useOthers({ run }: Schemas["RunView"]): { value: string; label: string }[] {
  const name = run.name.replaceAll("'", "''");
  const { data } = useAsk("runs", { where: `name = '${name}'`, limit: MOST });
  return (data?.runs ?? [])
    .filter(({ id }) => id !== run.id)
    .map(({ id, started, made = [], command = [] }) => ({
      value: `run:${id}`,
      label: [made[0]?.title ?? id.slice(0, 13), command.slice(2).join(" "), ago(started)]
        .filter(Boolean)
        .join(" · "),
    }));
}
