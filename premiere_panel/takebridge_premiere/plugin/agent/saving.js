"use strict";

/** `project.save`. */

const { OpError, refusal, short, text } = require("./faults.js");
const { inProject } = require("./ground.js");
const { refusedBy } = require("./transact.js");

/**
 * Save the open project. One that was never saved has no file: Premiere would ask the person for one. Nothing reads
 * back that a project is saved, so Premiere's word counts.
 * @param {import("./shapes.js").Stage} stage
 */
async function saveProject(stage) {
  const project = await inProject(stage, null);
  if (!text(project.path)) {
    const message = "The project was never saved and has no file yet.";
    throw new OpError("host_rejected", message, "Save it once in Premiere (File > Save As), then try again.");
  }
  if (!(await saved(project))) {
    throw refusedBy("save the project", "", true);
  }
  return { outcome: "verified", result: { project_id: short(project.guid), project_name: text(project.name) } };
}

/** @param {any} project */
async function saved(project) {
  try {
    return (await project.save()) === true;
  } catch (error) {
    throw refusal(error, "save the project");
  }
}

module.exports = { saveProject };
