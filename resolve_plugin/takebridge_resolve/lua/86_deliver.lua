-- The Deliver page: its settings kept while a job of ours is added, and the jobs in its queue.

do

local FORMATS = { "mov", "mp4", "mxf" }
local CODECS = { "prores422hq", "prores422", "dnxhrhqx", "dnxhrhq", "dnxhrsq", "dnxhr", "h264", "h265" }
local STATES = {
  { "ready", "ready" },
  { "render", "rendering" },
  { "complete", "complete" },
  { "cancel", "cancelled" },
  { "fail", "failed" },
}
local presets_made = 0

local Deliver = {}
Deliver.__index = Deliver

-- Run something with Deliver's settings kept: saved as a render preset of ours and put back from it, as nothing reads
-- them all back. Return the Deliver and what came of it. ``left`` names what could not be put back; the preset stays
-- then, so that a person can load it. Raises with nothing changed when the settings cannot be kept.
function TB.delivering(desk, project, act)
  presets_made = presets_made + 1
  local stamp = os.date("%Y-%m-%d %H.%M.%S")
  local deliver = setmetatable({ desk = desk, project = project, left = {} }, Deliver)
  deliver.preset = ("TakeBridge keeps settings %s %d-%d"):format(stamp, TB.pid(), presets_made)
  deliver:keep()
  local found = { pcall(act, deliver) }
  deliver:put_back()
  if not found[1] then
    if #deliver.left > 0 and TB.is_op_error(found[2]) then
      found[2].hint = ("%s %s"):format(found[2].hint, deliver:said()):match("^%s*(.-)%s*$")
    end
    error(found[2], 0)
  end
  return deliver, unpack(found, 2, table.maxn(found))
end

-- Write with the patience of an op.
function Deliver:write(act, done)
  return TB.pen(self.desk.delays, self.desk.sleep):write(act, done)
end

-- Keep the settings.
function Deliver:keep()
  local project = self.project
  self.format = TB.entries(project:GetCurrentRenderFormatAndCodec())
  self.mode = project:GetCurrentRenderMode()
  local function save() return project:SaveAsNewRenderPreset(self.preset) end
  if not self:write(save, function() return self:is_kept() end) then
    error(TB.refusal(project, "keep the Deliver settings"), 0)
  end
end

-- Return what a person can do about settings that were not put back.
function Deliver:said()
  return ("Load the render preset “%s” on the Deliver page: your settings are in it."):format(self.preset)
end

-- Say whether our preset is there.
function Deliver:is_kept()
  return TB.set(TB.presets_of(self.project))[self.preset] == true
end

-- Load our preset, format, codec and mode as they were, and take the preset away.
function Deliver:put_back()
  local project, loaded = self.project, nil
  local function load()
    loaded = project:LoadRenderPreset(self.preset)
    return loaded
  end
  if not self:write(load, function() return loaded == true end) then
    table.insert(self.left, "the Deliver settings")
    return
  end
  local form, codec = TB.text(self.format.format), TB.text(self.format.codec)
  if form ~= "" and codec ~= "" and not self:is_format(form, codec) then
    self:note("the format", self:choose_format(form, codec))
  end
  if self.mode ~= nil and project:GetCurrentRenderMode() ~= self.mode then
    self:note("the render mode", self:choose_mode(self.mode))
  end
  if #self.left == 0 then
    local function delete() return project:DeleteRenderPreset(self.preset) end
    self:write(delete, function() return not self:is_kept() end)
  end
end

-- Remember what was not put back.
function Deliver:note(what, done)
  if not done then
    table.insert(self.left, what)
  end
end

-- Say whether format and codec are these.
function Deliver:is_format(form, codec)
  local now = TB.entries(self.project:GetCurrentRenderFormatAndCodec())
  return TB.text(now.format) == form and TB.text(now.codec) == codec
end

-- Set format and codec by their ids.
function Deliver:choose_format(form, codec)
  local function set() return self.project:SetCurrentRenderFormatAndCodec(form, codec) end
  return self:write(set, function() return self:is_format(form, codec) end)
end

-- Set the mode: 0 individual clips, 1 a single clip.
function Deliver:choose_mode(mode)
  local function set() return self.project:SetCurrentRenderMode(mode) end
  return self:write(set, function() return self.project:GetCurrentRenderMode() == mode end)
end

-- Return the names of the render presets; builds list names or tables.
function TB.presets_of(project)
  return TB.each(TB.entries(project:GetRenderPresetList()), function(entry)
    return TB.text(type(entry) == "table" and entry.PresetName or entry)
  end)
end

-- Return the values of a table of the API as text, sorted.
local function values_of(said)
  local found = {}
  for key, value in pairs(TB.entries(said)) do
    if key ~= "__flags" then
      found[#found + 1] = TB.text(value)
    end
  end
  table.sort(found)
  return found
end

-- Return a codec's id without what builds spell differently: "ProRes422HQ", "DNxHR_HQX".
local function plain_name(name)
  return (TB.text(name):lower():gsub("[^%w]", ""))
end

-- Return the codec to take of those a format offers, or nil. The first known one wins, of its kin the first by name.
local function best_codec(project, form)
  local codecs = values_of(project:GetRenderCodecs(form))
  table.sort(codecs, function(left, right) return plain_name(left) < plain_name(right) end)
  for _, known in ipairs(CODECS) do
    local codec = TB.first(codecs, function(name) return TB.starts(plain_name(name), known) end)
    if codec then
      return codec
    end
  end
  table.sort(codecs)
  return TB.set(FORMATS)[form] and codecs[1] or nil
end

-- Return format id and codec id of a good intermediate this build can write, or nil. Only ids are accepted.
function TB.best_format(project)
  local offered = values_of(project:GetRenderFormats())
  local there, known = TB.set(offered), TB.set(FORMATS)
  local ranked = TB.each(FORMATS, function(form) return there[form] and form or nil end)
  for _, form in ipairs(offered) do
    ranked[#ranked + 1] = not known[form] and form or nil
  end
  for _, form in ipairs(ranked) do
    local codec = best_codec(project, form)
    if codec then
      return form, codec
    end
  end
  return nil
end

-- Return the queue's entry of a job, or nil.
function TB.job_of(project, job)
  return TB.first(TB.entries(project:GetRenderJobList()), function(entry)
    return type(entry) == "table" and TB.text(entry.JobId) == job
  end)
end

-- Return ready, rendering, complete, cancelled or failed of a job's status; what nobody knows is "failed".
function TB.state_of(status)
  local said = TB.text(TB.entries(status).JobStatus):match("^%s*(.-)%s*$"):lower()
  local state = TB.first(STATES, function(entry) return TB.starts(said, entry[1]) end)
  return state and state[2] or "failed"
end

-- Return a job's progress, 0 to 100.
function TB.percent_of(status)
  local said = TB.entries(status).CompletionPercentage
  if type(said) ~= "number" or said ~= said then
    return 0
  end
  return math.max(0, math.min(100, math.floor(said)))
end

-- Return the path of a job's file, "" when the queue does not say.
function TB.file_of(entry)
  local folder, name = TB.text(TB.entries(entry).TargetDir), TB.text(TB.entries(entry).OutputFilename)
  return folder ~= "" and name ~= "" and TB.join(folder, name) or ""
end

end -- deliver
