import { Select } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { ago } from "../../components/said";

const MOST = 30;

interface Chosen {
  view: Schemas["RunView"];
  value: string;
  onChoose: (run: string) => void;
}

/** The choice of another run of the same program to compare with; nothing where there is none. */
export function Against({ view, value, onChoose }: Chosen) {
  const others = useOthers(view);
  if (others.length === 0) return null;
  return (
    <Select
      label="Compared with"
      placeholder="another run of the same program"
      maw={420}
      clearable
      data={others}
      value={value || null}
      onChange={(run) => onChoose(run ?? "")}
    />
  );
}

/** Return the other runs, the last ones first. */
function useOthers({ run }: Schemas["RunView"]): { value: string; label: string }[] {
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
