import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

type Values = Record<string, string | number | boolean | string[] | undefined>;

/** What the address says of a page's view, so that a link shows the very same. */
export function useView<T extends Values>(defaults: T): [T, (change: Partial<T>) => void] {
  const said = useSearch({ strict: false }) as Partial<T>;
  const navigate = useNavigate();
  const change = useCallback(
    (changed: Partial<T>) => {
      void navigate({
        to: ".",
        search: ((before: Partial<T>) => ({ ...before, ...changed })) as never,
        replace: true,
      });
    },
    [navigate],
  );
  return [{ ...defaults, ...said }, change];
}

/** The part of the address that a page's path calls `$name`. */
export function useParam(name: string): string {
  const values = useParams({ strict: false }) as Record<string, string | undefined>;
  return values[name] ?? "";
}

const part = encodeURIComponent;

/** Addresses of pages, by what they show. */
export const to = {
  model: (name: string) => `/models/${part(name)}`,
  version: (name: string, version: number) => `/models/${part(name)}/${version}`,
  data: (name: string) => `/data/${part(name)}`,
  dataVersion: (name: string, version: number) => `/data/${part(name)}/${version}`,
  run: (id: string) => `/runs/${part(id)}`,
};
