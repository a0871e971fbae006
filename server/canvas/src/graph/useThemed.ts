import { useEffect, useState } from "react";

/** Changes whenever the page's colours do: what is drawn by hand is then drawn again. */
export function useThemed(): string {
  const [themed, setThemed] = useState(now);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: light)");
    const look = () => setThemed(now());
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    query.addEventListener("change", look);
    return () => {
      observer.disconnect();
      query.removeEventListener("change", look);
    };
  }, []);
  return themed;
}

const now = () =>
  `${document.documentElement.dataset["theme"] ?? ""} ${matchMedia("(prefers-color-scheme: light)").matches}`;
