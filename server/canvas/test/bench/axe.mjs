/** axe-core over every view, in both themes: what it finds serious or critical. */

const VIEWS = ["graph", "takes", "cut", "board", "shots", "references", "money"];

export async function findings(context, url, canvas, axe) {
  const found = [];
  const page = await context.newPage();
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    for (const address of [...VIEWS.map((view) => `/c/${canvas}/${view}`), "/", "/people"]) {
      await page.goto(url + address);
      await page.getByRole("heading").first().waitFor();
      await page.waitForLoadState("networkidle");
      // The page's own policy lets no script in but its own; the tool is put in by the browser's debugger.
      await page.evaluate(await source(axe));
      const report = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      for (const { id, impact, help, nodes } of report.violations) {
        const targets = nodes.slice(0, 5).map((node) => node.target.join(" "));
        found.push({
          where: `${address.replace(canvas, "…")} ${colorScheme}`,
          id,
          impact,
          help,
          count: nodes.length,
          targets,
        });
      }
    }
  }
  await page.close();
  return found;
}

async function source(file) {
  const { readFile } = await import("node:fs/promises");
  return readFile(file, "utf8");
}
