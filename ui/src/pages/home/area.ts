import { House } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Home", to: "/", order: 0, icon: House },
  pages: [
    { path: "/", load: () => import("./Home") },
    // The server sends here who could not sign in; once signed in, this is the first page.
    { path: "/sign-in", load: () => import("./Home") },
  ],
} satisfies Area;
