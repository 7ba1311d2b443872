import { Tabs } from "@mantine/core";
import { type ComponentType, Suspense } from "react";
import { useView } from "../app/address";
import { Loading } from "./Page";

/** The parts of a page by the words of the address, each with its title; the first is shown first. */
export type PartsOf<Props> = Record<string, [string, ComponentType<Props>]>;

interface Shown<Props> {
  parts: PartsOf<Props>;
  of: Props;
}

/** The parts of a page behind tabs; the address says which one is open. */
export function Parts<Props extends object>({ parts, of }: Shown<Props>) {
  const [first = ""] = Object.keys(parts);
  const [{ part }, change] = useView({ part: first });
  return (
    <Tabs
      value={part in parts ? part : first}
      onChange={(value) => change({ part: value ?? first })}
      keepMounted={false}
    >
      <Tabs.List mb="md">
        {Object.entries(parts).map(([key, [title]]) => (
          <Tabs.Tab key={key} value={key}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {Object.entries(parts).map(([key, [, Part]]) => (
        <Tabs.Panel key={key} value={key}>
          <Suspense fallback={<Loading />}>
            <Part {...of} />
          </Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
