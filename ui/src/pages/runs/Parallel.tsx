import "./runs.css";
import { MultiSelect, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { to, useView } from "../../app/address";
import type { Compared } from "./Compare";
import { type Axis, axesOf } from "./parallel";
import { Scrolled } from "./Scrolled";

const HEIGHT = 300;
const APART = 150;
const TOP = 26;
const USUAL = 7;

/** Each run as a line through one axis for each setting and figure that differs. */
export function Parallel({ of }: Compared) {
  const [{ axes: chosen }, change] = useView({ axes: [] as string[] });
  const [on, setOn] = useState<number>();
  const navigate = useNavigate();
  const every = axesOf(of);
  const named = chosen.length ? chosen : every.slice(-USUAL).map(({ field }) => field);
  const axes = named.flatMap((field) => every.find((one) => one.field === field) ?? []);
  const told = (place: number) => of.runs[place]?.made?.[0] ?? of.runs[place]?.name ?? "";
  if (every.length === 0) return <Text c="dimmed">No setting and no figure differs.</Text>;
  return (
    <Stack gap="sm">
      <MultiSelect
        aria-label="Axes"
        size="xs"
        maw={720}
        searchable
        data={every.map(({ field }) => field)}
        value={named}
        onChange={(value) => change({ axes: value })}
        hidePickedOptions
      />
      <Text role="status" fz="sm" mih={20}>
        {on === undefined ? (
          <span className="quiet">
            Point at a line to see which run it is; press it to go there.
          </span>
        ) : (
          <b>{told(on)}</b>
        )}
      </Text>
      <Scrolled className="scrolled" label="Parallel coordinates">
        <svg
          className="parallel"
          width={axes.length * APART}
          height={HEIGHT + 2 * TOP}
          aria-label="Runs as lines"
        >
          {axes.map((axis, place) => (
            <Scale key={axis.field} of={axis} x={60 + place * APART} />
          ))}
          {of.runs.map(({ id }, place) => (
            // biome-ignore lint/a11y/useSemanticElements: a line of a drawing can't be an anchor
            <path
              key={id}
              role="link"
              tabIndex={0}
              aria-label={told(place)}
              className={on === place ? "on" : undefined}
              d={lineOf(axes, place)}
              onMouseEnter={() => setOn(place)}
              onMouseLeave={() => setOn(undefined)}
              onFocus={() => setOn(place)}
              onBlur={() => setOn(undefined)}
              onClick={() => void navigate({ to: to.run(id) })}
              onKeyDown={({ key }) => key === "Enter" && void navigate({ to: to.run(id) })}
            />
          ))}
        </svg>
      </Scrolled>
    </Stack>
  );
}

function Scale({ of: { field, ticks }, x }: { of: Axis; x: number }) {
  return (
    <g>
      <text x={x} y={14} textAnchor="middle">
        {field}
      </text>
      <line className="axis" x1={x} x2={x} y1={TOP} y2={TOP + HEIGHT} />
      {ticks.map(({ at, label }) => (
        <text
          key={label}
          className="tick"
          x={x + 5}
          y={y(at) + (at === 1 ? 10 : at === 0 ? -3 : 4)}
        >
          {label.length > 14 ? `${label.slice(0, 13)}…` : label}
        </text>
      ))}
    </g>
  );
}

const y = (at: number) => TOP + (1 - at) * HEIGHT;

/** Return the way of a run through the axes; where it has no value the line is broken. */
export function lineOf(axes: Axis[], run: number): string {
  let drawing = false;
  return axes
    .map(({ places }, place) => {
      const at = places[run];
      if (at === null || at === undefined) {
        drawing = false;
        return "";
      }
      const step = `${drawing ? "L" : "M"}${60 + place * APART} ${y(at).toFixed(1)}`;
      drawing = true;
      return step;
    })
    .join("");
}
