import type { ComponentType } from "react";

/** One page: its address below /ui, and the file that is loaded when somebody goes there. */
export interface PageRoute {
  path: string;
  load: () => Promise<{ default: ComponentType }>;
}

/** A part of the application: `pages/AREA/area.ts` exports one as its default. */
export interface Area {
  /** Its place in the navigation; areas without one are not listed there. */
  nav?: { label: string; to: string; order: number; icon: ComponentType<{ size?: number }> };
  pages: PageRoute[];
}

const found = import.meta.glob<{ default: Area }>("../pages/*/area.ts", { eager: true });

export const areas: Area[] = Object.values(found).map((file) => file.default);
