import { Button, Group, Slider, Text } from "@mantine/core";
import { memo, useEffect, useState } from "react";
import { useAsk } from "../../api/client";
import { moment } from "../../components/said";
import type { Act, View } from "./view";

/** Goes back in time: the graph as it was known at each moment at which something was recorded. */
export const TimeSlider = memo(({ view, act }: { view: View; act: (act: Act) => void }) => {
  const { data } = useAsk("moments", { target: { ref: view.target }, most: 120 });
  const moments = data?.moments ?? [];
  const there = moments.findIndex(({ at }) => at === view.asof);
  const before = moments.findLastIndex(({ at }) => Date.parse(at) <= Date.parse(view.asof));
  const stop = view.asof === "" ? moments.length : there >= 0 ? there : before;
  const [at, setAt] = useState(stop);
  useEffect(() => setAt(stop), [stop]);
  if (moments.length < 2) return null;
  const said = moments[at];
  const go = (place: number) => act({ do: "time", asof: moments[place]?.at ?? "" });
  return (
    <Group gap="xs" className="time no-print">
      <Text fz="xs" c="dimmed">
        As it was
      </Text>
      <Slider
        className="time-slider"
        size="sm"
        min={0}
        max={moments.length}
        step={1}
        value={at}
        label={null}
        thumbLabel="Moment"
        thumbProps={{ "aria-valuetext": said ? `${moment(said.at)}: ${said.words}` : "now" }}
        onChange={setAt}
        onChangeEnd={go}
      />
      <Text fz="xs" className="time-words" truncate aria-live="polite" title={said?.words}>
        {said ? `${moment(said.at).slice(0, 16)} ${said.words}` : "now"}
      </Text>
      <Button
        size="compact-xs"
        variant="default"
        disabled={view.asof === ""}
        onClick={() => act({ do: "time", asof: "" })}
      >
        Now
      </Button>
    </Group>
  );
});
