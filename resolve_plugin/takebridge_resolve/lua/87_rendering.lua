-- range.render, render.status and render.cancel by the render queue; jobs are remembered only there.

do

local PLAIN_PRESETS = { "prores 422", "h.264 master", "h.265 master", "dnxhr", "prores" }
local QUEUE_HINT = "Render the range by hand on the Deliver page: Resolve may say more about why."
local ENDINGS = { "mov", "mp4", "mxf", "m4v", "avi", "mkv", "webm", "wav", "dpx", "exr", "tif", "png", "jpg", "gif" }

local Order = {}
Order.__index = Order

-- Return what is to be rendered, checked before anything is touched. Record frames, end exclusive. The job must say the
-- marks it was given; only the probe, which wants to know, takes others (``lax``).
function TB.render_order(desk, args, lax)
  local order = setmetatable({ desk = desk, span = TB.need_record_span(args), lax = lax }, Order)
  order.folder, order.name = TB.need_path(args, "folder"), TB.need_name(args)
  order.preset, order.audio = TB.short(args.preset), args.audio ~= false
  if order.name:find("[/\\]") or order.name == "." or order.name == ".." then
    TB.refuse("invalid_param", "A file to render needs a name without slashes.")
  end
  order.scene = TB.open_scene(desk.resolve)
  order.project, order.timeline = order.scene.project, order.scene.timeline
  order.origin = TB.frame_or_gone(order.timeline:GetStartFrame())
  local stop = TB.frame_or_gone(order.timeline:GetEndFrame())
  if order.span.start < order.origin or order.span.start >= order.span.stop or order.span.stop > stop then
    TB.refuse("invalid_param", "The range to render must lie inside the timeline.")
  end
  order:check_place()
  return order
end

-- Raise unless the folder is there, the name is free and nothing renders.
function Order:check_place()
  TB.need_folder(self.folder)
  if self:made() then
    local message = ("There is a file “%s” in the folder already; nothing is overwritten."):format(self.name)
    TB.refuse("host_rejected", message, "Choose another name.")
  end
  TB.refuse_rendering(self.project)
end

-- Raise while Resolve renders. IsRenderingInProgress is still false right after a start, so jobs are asked too.
function TB.refuse_rendering(project)
  local jobs = TB.entries(project:GetRenderJobList())
  local renders = TB.given(project:IsRenderingInProgress()) or TB.first(jobs, function(entry)
    return TB.state_of(project:GetRenderJobStatus(TB.text(entry.JobId))) == "rendering"
  end)
  if renders then
    TB.refuse("host_busy", "Resolve is rendering.", "Wait until the render is done, then try again.")
  end
end

-- Return the first file of our name in the folder, or nil. Folders cannot be listed here, so the endings are tried.
function Order:made()
  local places = TB.each(ENDINGS, function(ending) return TB.join(self.folder, self.name .. "." .. ending) end)
  return TB.landed(places)
end

-- Return the render settings: marks absolute, the out mark the last frame inside.
function Order:settings()
  local settings = {
    SelectAllFrames = false,
    MarkIn = self.span.start,
    MarkOut = self.span.stop - 1,
    TargetDir = self.folder,
    CustomName = self.name,
    ExportVideo = true,
    ExportAudio = self.audio,
  }
  if self.preset == "" then
    settings.FormatWidth = TB.whole(TB.setting(self.scene, "timelineResolutionWidth"))
    settings.FormatHeight = TB.whole(TB.setting(self.scene, "timelineResolutionHeight"))
  end
  return settings
end

-- Return what of a queued job is not as asked, "" when all that it says is.
function Order:misfit(entry)
  local facts = {
    { "first frame", TB.whole(entry.MarkIn), self.span.start },
    { "last frame", TB.whole(entry.MarkOut), self.span.stop - 1 },
    { "timeline", entry.TimelineName and TB.text(entry.TimelineName), TB.text(self.timeline:GetName()) },
  }
  local wrong = {}
  for _, fact in ipairs(facts) do
    wrong[#wrong + 1] = fact[2] ~= nil and fact[2] ~= fact[3] and fact[1] or nil
  end
  local folder = TB.text(entry.TargetDir)
  if folder ~= "" and TB.plain_path(folder) ~= TB.plain_path(self.folder) then
    wrong[#wrong + 1] = "folder"
  end
  return table.concat(wrong, ", ")
end

-- Load a preset that writes picture, where there is one: an audio-only one loaded before is inherited otherwise.
local function load_plain_preset(project, deliver)
  local names = TB.each(TB.presets_of(project), function(name)
    return name ~= deliver.preset and not name:lower():find("audio", 1, true) and name or nil
  end)
  for _, word in ipairs(PLAIN_PRESETS) do
    local plain = TB.first(names, function(name) return name:lower():find(word, 1, true) end)
    if plain then
      deliver:write(function() return project:LoadRenderPreset(plain) end, function() return true end)
      return
    end
  end
end

-- Set format, mode and every setting that a former preset could have left otherwise.
function Order:choose_settings(deliver)
  local project, said = self.project, nil
  if self.preset ~= "" then
    local function load()
      said = project:LoadRenderPreset(self.preset)
      return said
    end
    if not deliver:write(load, function() return said == true end) then
      error(TB.refusal(project, ("load the render preset “%s”"):format(self.preset)), 0)
    end
  else
    load_plain_preset(project, deliver)
    local form, codec = TB.best_format(project)
    if not form or not deliver:choose_format(form, codec) then
      error(TB.refusal(project, "choose a format to render"), 0)
    end
  end
  if not deliver:choose_mode(1) then
    error(TB.refusal(project, "choose a single clip as render mode"), 0)
  end
  local function set()
    said = project:SetRenderSettings(self:settings())
    return said
  end
  said = nil
  if not deliver:write(set, function() return said == true end) then
    error(TB.refusal(project, "set the range to render"), 0)
  end
end

-- Add the job and return its id; what the queue says of it must be what was asked.
function Order:add_job(deliver)
  local desk, project, said = self.desk, self.project, ""
  self:choose_settings(deliver)
  local known = TB.set(TB.each(TB.entries(project:GetRenderJobList()), function(entry) return TB.text(entry.JobId) end))
  local function act()
    said = TB.text(project:AddRenderJob())
    return said
  end
  local function done() return said ~= "" and not known[said] and TB.job_of(project, said) end
  if not desk.pen:write(act, done, function() TB.same_timeline(desk, self.scene) end) then
    error(TB.refusal(project, "add the render job"), 0)
  end
  local wrong = self.lax and "" or self:misfit(TB.job_of(project, said))
  if wrong ~= "" then
    self:drop(said)
    local message = ("Resolve's render job had another %s than asked, so it was taken off the queue."):format(wrong)
    TB.refuse("host_rejected", message, QUEUE_HINT)
  end
  return said
end

-- Start this job; never without an id, which would start a person's whole queue.
function Order:start(job)
  local said
  local function act()
    said = self.project:StartRendering({ job }, false)
    return said
  end
  local function done()
    if said == true then
      return true
    end
    local state = TB.state_of(self.project:GetRenderJobStatus(job))
    return state == "rendering" or state == "complete"
  end
  if not self.desk.pen:write(act, done, function() TB.same_timeline(self.desk, self.scene) end) then
    error(TB.refusal(self.project, "start the render"), 0)
  end
end

-- Take a job of ours off the queue; say whether it is gone.
function Order:drop(job)
  local project = self.project
  return TB.pen(self.desk.delays, self.desk.sleep):write(
    function() return project:DeleteRenderJob(job) end,
    function() return TB.job_of(project, job) == nil end
  )
end

-- Add a job of our own, start it and no other. Starting rewrites the Deliver settings, so they come back last.
function TB.render_by_queue(desk, order)
  if order.preset ~= "" and not TB.set(TB.presets_of(order.project))[order.preset] then
    local message = ("Resolve has no render preset “%s”."):format(order.preset)
    TB.refuse("not_found", message, "Choose a preset of the Deliver page.")
  end
  local kept, deliver, result = TB.keeping(desk, function(kept)
    kept:page()
    local deliver, job = TB.delivering(desk, order.project, function(deliver)
      local job = order:add_job(deliver)
      local fine, found = TB.try(function()
        TB.same_timeline(desk, order.scene)
        order:start(job)
      end)
      if not fine then
        order:drop(job)
        error(found, 0)
      end
      return job
    end)
    return deliver, TB.render_result(order.project, job)
  end)
  if #deliver.left > 0 then -- told with the job: an error would lose its id
    result.error = result.error ~= "" and result.error or deliver:said()
    return "committed_unverified", result
  end
  return kept:outcome(), result
end

-- Return the RenderResult of a queued job; complete only when its file is there.
function TB.render_result(project, job)
  local entry, status = TB.job_of(project, job), TB.entries(project:GetRenderJobStatus(job))
  local state, path = TB.state_of(status), TB.file_of(entry)
  local said = TB.text(TB.given(status.Error) and status.Error or status.ErrorMessage)
  if state == "complete" and path ~= "" and not TB.landed({ path }) then
    state, said = "failed", ("Resolve says it is done, but there is no file %s."):format(path)
  end
  return {
    job = job,
    way = "queue",
    state = state,
    percent = state == "complete" and 100 or TB.percent_of(status),
    path = state == "complete" and path or "",
    error = said,
  }
end

-- render.status
TB.OPS["render.status"] = function(desk, args)
  local job, project = TB.need(args, "job", "string"), TB.need_project(desk.resolve)
  if not TB.job_of(project, job) then
    local hint = "Open the project it was started in, or render again."
    TB.refuse("not_found", "Resolve's render queue has no such job.", hint, { job = TB.short(job) })
  end
  return "verified", TB.render_result(project, job)
end

-- Stop the render of a job. StopRendering answers nothing, so the job's state is read until it has stopped.
local function stop(desk, project, job)
  local function act() project:StopRendering() end
  local function done() return TB.state_of(project:GetRenderJobStatus(job)) ~= "rendering" end
  if not desk.pen:write(act, done) then
    error(TB.refusal(project, "stop the render"), 0)
  end
end

-- render.cancel. Rendering is stopped only when it is this job that renders; one that is gone is cancelled.
TB.OPS["render.cancel"] = function(desk, args)
  local job, project = TB.need(args, "job", "string"), TB.need_project(desk.resolve)
  if not TB.job_of(project, job) then
    return "verified", { job = job, way = "queue", state = "cancelled", percent = 0, path = "", error = "" }
  end
  local said = TB.render_result(project, job)
  if said.state == "rendering" then
    stop(desk, project, job)
    said = TB.render_result(project, job)
    said.state, said.path = "cancelled", ""
  elseif said.state == "ready" then
    said.state = "cancelled"
  end
  TB.carry_out(
    desk,
    project,
    "take the render job off the queue",
    function() return project:DeleteRenderJob(job) end,
    function() return TB.job_of(project, job) == nil end,
    function() end
  )
  return "verified", said
end

end -- rendering
