import "./runs.css";
import { Anchor, Stack, Switch } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { Schemas } from "../../api/client";
import { to, useView } from "../../app/address";
import { Time } from "../../components/marks";
import type { Compared } from "./Compare";
import { told, took } from "./fields";
import { Scrolled } from "./Scrolled";
import { Status } from "./Status";

type Fact = Schemas["ComparedFact"];

const HEADS: Record<Fact["what"], string> = {
  metric: "Figures",
  parameter: "Settings",
  data: "Data",
  code: "Code",
  environment: "Environment",
};

/** One column a run, one line a fact; what differs is marked, what is the same can be left out. */
export function CompareTable({ of: { runs, facts } }: Compared) {
  const [{ all }, change] = useView<{ all: boolean }>({ all: false });
  const shown = all ? facts : facts.filter(({ differs }) => differs);
  return (
    <Stack gap="sm">
      <Switch
        size="xs"
        label="Also what is the same of all"
        checked={Boolean(all)}
        onChange={({ currentTarget }) => change({ all: currentTarget.checked })}
      />
      <Scrolled className="runs" label="Runs beside each other">
        <table aria-label="Runs beside each other">
          <thead>
            <tr>
              <th scope="col">Run</th>
              {runs.map(({ id, name, made = [] }) => (
                <th key={id} scope="col">
                  <Anchor component={Link} to={to.run(id)} fw={600}>
                    {made[0] ?? name}
                  </Anchor>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Line
              label="Status"
              cells={runs.map(({ id, status }) => [id, <Status key={id} of={status} />])}
            />
            <Line
              label="Started"
              cells={runs.map(({ id, started }) => [id, <Time key={id} at={started} />])}
            />
            <Line
              label="Took"
              cells={runs.map(({ id, started, ended }) => [id, took(started, ended)])}
            />
            {(Object.keys(HEADS) as Fact["what"][]).map((what) => (
              <Part
                key={what}
                what={what}
                runs={runs}
                facts={shown.filter((one) => one.what === what)}
              />
            ))}
          </tbody>
        </table>
      </Scrolled>
    </Stack>
  );
}

function Line({ label, cells }: { label: string; cells: [string, React.ReactNode][] }) {
  return (
    <tr style={{ height: 30 }}>
      <th scope="row">{label}</th>
      {cells.map(([id, cell]) => (
        <td key={id}>{cell}</td>
      ))}
    </tr>
  );
}

interface PartProps {
  what: Fact["what"];
  runs: Schemas["ComparedRun"][];
  facts: Fact[];
}

function Part({ what, runs, facts }: PartProps) {
  if (facts.length === 0) return null;
  return (
    <Fragment>
      <tr style={{ height: 34 }}>
        <th scope="colgroup" colSpan={runs.length + 1}>
          {HEADS[what]}
        </th>
      </tr>
      {facts.map(({ key, values, differs }) => {
        const best = what === "metric" && differs ? ends(values) : [];
        return (
          <tr key={key} className={differs ? "differs" : undefined} style={{ height: 28 }}>
            <td className="mono">{key}</td>
            {runs.map(({ id }, place) => (
              <td key={id} className="value" title={told(values[place])}>
                {best.includes(values[place]) ? (
                  <b>{short(values[place])}</b>
                ) : (
                  short(values[place])
                )}
              </td>
            ))}
          </tr>
        );
      })}
    </Fragment>
  );
}

/** Return the least and the greatest of the values, which stand out in bold. */
export function ends(values: unknown[]): unknown[] {
  const numbers = values.filter((value): value is number => typeof value === "number");
  return numbers.length > 1 ? [Math.min(...numbers), Math.max(...numbers)] : [];
}

const short = (value: unknown) =>
  typeof value === "string" && value.startsWith("sha256:") ? value.slice(7, 19) : told(value);
