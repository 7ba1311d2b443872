import { memo } from "react";
import { ICONS, LETTERS, SIGNS, type Tone } from "./sorts";
import { ABOUTS, GRADES, SORTS } from "./view";

const TONES: Record<Tone, string> = {
  good: "good",
  warn: "to be looked at",
  bad: "bad",
  unknown: "not known",
};

/** What shapes, lines, letters and colours mean. */
export const Legend = memo(() => {
  return (
    <section className="legend" aria-label="Legend">
      {SORTS.slice(0, 5).map((sort) => {
        const Icon = ICONS[sort];
        return (
          <span key={sort}>
            <Icon size={12} aria-hidden="true" /> {sort}
          </span>
        );
      })}
      {GRADES.map((grade) => (
        <span key={grade}>
          <svg width="22" height="6" aria-hidden="true">
            <g className={`tie is-${grade}`}>
              <path className="react-flow__edge-path" d="M0,3 L22,3" />
            </g>
          </svg>
          {grade}
        </span>
      ))}
      <span>{ABOUTS.map((about) => `${LETTERS[about]} ${about}`).join(", ")}:</span>
      {(["good", "warn", "bad"] as const).map((tone) => (
        <span key={tone}>
          <b className={`tone-${tone}`}>{SIGNS[tone]}</b> {TONES[tone]}
        </span>
      ))}
    </section>
  );
});
