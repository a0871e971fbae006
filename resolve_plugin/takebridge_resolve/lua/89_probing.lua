-- host.probe: what only this build can say. Read facts of the open project; the rest in a project made for it. Left to
-- the Python agent: what needs a listing of methods, the kind of a number, or the inside of a file.

do

local SPAN = 24
local RENDER_PATIENCE = 200
local UNKNOWN_KEY = "TakeBridge Probe"
local SETTINGS = {
  "timelineFrameRate", "timelineResolutionWidth", "timelineDropFrameTimecode", "timelineSampleRate",
}

local function kind_word(value)
  return ({ string = "str", number = "float", boolean = "bool" })[type(value)] or "NoneType"
end

-- Return the version with its build as numbers and dots: "21.0.3.7".
local function build_of(resolve)
  local numbers = {}
  for index, part in ipairs(TB.entries(resolve:GetVersion())) do
    numbers[#numbers + 1] = index <= 4 and TB.whole(part) and TB.number_text(TB.whole(part)) or nil
  end
  return table.concat(numbers, ".")
end

-- Return what can be read without writing anything.
local function read_facts(resolve, notes)
  local facts = {
    product = TB.short(resolve:GetProductName()),
    version = build_of(resolve),
    edition = TB.edition_of(resolve),
    system = TB.WINDOWS and "win32" or (type(jit) == "table" and tostring(jit.os):lower() or ""),
    lua = type(jit) == "table" and TB.short(jit.version) or TB.short(_VERSION),
    page = TB.short(resolve:GetCurrentPage()),
  }
  notes[#notes + 1] = "Lua cannot list methods: they are not recorded."
  local project = TB.open_project(resolve)
  local timeline = project and project:GetCurrentTimeline() or nil
  if not timeline then
    notes[#notes + 1] = "No timeline is open: types of settings are not recorded."
    return facts
  end
  facts.setting_types = {}
  for _, name in ipairs(SETTINGS) do
    facts.setting_types[name] = kind_word(timeline:GetSetting(name))
  end
  facts.frame_rate_setting = type(timeline:GetSetting("timelineFrameRate")) == "string" and "str" or "float"
  return facts
end

local Ground = {}
Ground.__index = Ground

local function failed(message, ...)
  TB.refuse("host_rejected", message:format(...))
end

-- Return the pool items of the root bin.
function Ground:inside()
  return TB.entries(self.pool:GetRootFolder():GetClipList())
end

-- Return the pool items of the clips, imported once.
function Ground:clips()
  local function found(path)
    return TB.first(self:inside(), function(item) return TB.same_path(item:GetClipProperty("File Path"), path) end)
  end
  if TB.first(self.media, function(path) return not found(path) end) then
    self.pool:ImportMedia(self.media)
  end
  return TB.each(self.media, function(path)
    return found(path) or failed("Resolve did not import %s.", TB.base_name(path))
  end)
end

-- Return the trial's timeline, made current.
function Ground:timeline()
  local line = TB.timeline_named(self.project, "Probe") or self.pool:CreateEmptyTimeline("Probe")
  if not line then
    failed("Resolve did not make a timeline.")
  end
  if not TB.is_current(self.project, line:GetUniqueId()) then
    self.project:SetCurrentTimeline(line)
  end
  return line
end

-- Put the first clip on the timeline at the n-th place and return the item.
function Ground:place(place)
  local line = self:timeline()
  local info = { mediaPoolItem = self:clips()[1], startFrame = 0, endFrame = SPAN, mediaType = 1, trackIndex = 1 }
  info.recordFrame = TB.frame_or_gone(line:GetStartFrame()) + place * 4 * SPAN
  local items = TB.entries(self.pool:AppendToTimeline({ info }))
  return TB.first(items, function(item) return TB.given(item) and TB.given(item:GetUniqueId()) end)
    or failed("Resolve did not place a clip.")
end

-- Return the last of the clips, another one than is placed.
function Ground:other()
  local clips = self:clips()
  return clips[#clips]
end

local function takes_of(item)
  return TB.whole(item:GetTakesCount()) or 0
end

local TRIALS = {}

local function trial(name, act)
  TRIALS[#TRIALS + 1] = { name = name, act = act }
end

-- Whether endFrame counts in, and whether appending again gives another id.
trial("end frame", function(ground)
  local first, second = ground:place(0), ground:place(1)
  local length = TB.whole(first:GetDuration())
  if length ~= SPAN and length ~= SPAN + 1 then
    failed("A clip of %d frames came out %s long.", SPAN, TB.text(length))
  end
  return {
    end_frame_inclusive = length == SPAN + 1,
    append_gives_new_id = first:GetUniqueId() ~= second:GetUniqueId(),
  }
end)

-- What AddTake of the clip's own media does (19.1.3 said false and started a selector).
trial("take of the same media", function(ground)
  local item = ground:place(2)
  local said = TB.truthy(item:AddTake(ground:clips()[1], 0, SPAN))
  local count = takes_of(item)
  return { same_media_take = (said or count > 1) and "added" or (count > 0 and "refused_with_selector" or "refused") }
end)

-- Whether AddTake selects what it adds, looks at its range, and the selected take can be deleted.
trial("take", function(ground)
  local item, other = ground:place(3), ground:other()
  if not TB.truthy(item:AddTake(other, 0, SPAN)) then
    failed("Resolve did not add a take.")
  end
  local facts = { add_take_selects = TB.whole(item:GetSelectedTakeIndex()) == 2 }
  item:SelectTakeByIndex(2)
  local before = takes_of(item)
  item:DeleteTakeByIndex(2)
  facts.selected_take_deletable = takes_of(item) < before
  item = ground:place(4)
  item:AddTake(other, 0, 10000000)
  facts.take_range_checked = takes_of(item) < 2
  return facts
end)

-- Whether metadata takes keys Resolve does not know.
trial("metadata", function(ground)
  local item = ground:clips()[1]
  item:SetMetadata(UNKNOWN_KEY, "yes")
  return { unknown_metadata_accepted = TB.text(item:GetMetadata(UNKNOWN_KEY)) == "yes" }
end)

-- Whether a locked track refuses to enable and disable its clips.
trial("locked track", function(ground)
  local item, line = ground:place(6), ground:timeline()
  line:SetTrackLock("video", 1, true)
  item:SetClipEnabled(false)
  local refused = item:GetClipEnabled() ~= false
  line:SetTrackLock("video", 1, false)
  item:SetClipEnabled(true)
  return { locked_track_refuses_enable = refused }
end)

local function ids_on(line)
  return TB.set(TB.each(TB.items_of(line, TB.track("video", 1)), function(item) return item:GetUniqueId() end))
end

-- What copying a timeline does to ids, to handles, and to which timeline is open.
trial("copied timeline", function(ground)
  local item, line = ground:place(7), ground:timeline()
  local copy = line:DuplicateTimeline("Probe copy")
  if not TB.given(copy) then
    failed("Resolve did not copy the timeline.")
  end
  local facts = { duplicate_becomes_current = TB.is_current(ground.project, copy:GetUniqueId()) }
  ground.project:SetCurrentTimeline(copy)
  local ids = ids_on(copy)
  facts.handles_survive_timeline_switch = TB.given(item:GetUniqueId())
  ground.project:SetCurrentTimeline(line)
  local same = TB.first(TB.sorted_keys(ids_on(line)), function(id) return ids[id] end)
  facts.ids_survive_duplicate = same ~= nil
  facts.other_timeline_renamable = TB.truthy(copy:SetName("Probe renamed")) and copy:GetName() == "Probe renamed"
  return facts
end)

-- Wait for a render of ours and return its file.
local function rendered(ground, job)
  for _ = 1, RENDER_PATIENCE do
    local result = TB.render_result(ground.project, job)
    if result.state ~= "ready" and result.state ~= "rendering" then
      return result.path ~= "" and result.path or failed("Resolve rendered no file.")
    end
    ground.desk.sleep(0.3)
  end
  failed("Resolve rendered no file in time.")
end

-- Whether the out mark of a render counts in: a range is rendered, brought back and its frames are counted.
trial("render", function(ground)
  if ground.folder == "" then
    failed("There is no folder to render to.")
  end
  ground:place(8)
  local start = TB.frame_or_gone(ground:timeline():GetStartFrame())
  local asked = { start_record_frame = start, end_record_frame = start + 10, folder = ground.folder, name = "tb_probe" }
  local order = TB.render_order(ground.desk, asked, true)
  local _, result = TB.render_by_queue(ground.desk, order)
  local path = rendered(ground, result.job)
  local known = TB.set(TB.each(ground:inside(), function(item) return item:GetUniqueId() end))
  ground.pool:ImportMedia({ path })
  local new = TB.first(ground:inside(), function(item) return not known[item:GetUniqueId()] end)
  local frames = new and TB.whole(new:GetClipProperty("Frames"))
  if not frames or frames < 9 or frames > 11 then
    failed("A render of 10 frames came back with %s.", TB.text(frames))
  end
  return { mark_out_inclusive = frames == 10, rendered_frames_of_10 = frames }
end)

-- Whether a file imported again is another pool item.
trial("import twice", function(ground)
  ground:clips()
  local count = #ground:inside()
  ground.pool:ImportMedia({ ground.media[1] })
  return { import_reuses_pool_items = #ground:inside() == count }
end)

-- Whether our metadata is still there after ReplaceClip.
trial("replaced media", function(ground)
  local item = ground:clips()[1]
  if not TB.has(item, "SetThirdPartyMetadata") or not TB.has(item, "GetThirdPartyMetadata") then
    TB.refuse("unsupported_op", "This version keeps no metadata of ours.")
  end
  item:SetThirdPartyMetadata(UNKNOWN_KEY, "yes")
  local written = TB.text(item:GetThirdPartyMetadata(UNKNOWN_KEY)) == "yes"
  if not written or not TB.truthy(item:ReplaceClip(ground.media[#ground.media])) then
    failed("Resolve did not write metadata, or did not replace the clip.")
  end
  return { third_party_survives_replace = TB.text(item:GetThirdPartyMetadata(UNKNOWN_KEY)) == "yes" }
end)

-- Whether the open timeline can be deleted. It ruins the ground for others, so it comes last.
trial("deleted timeline", function(ground)
  ground.pool:DeleteTimelines({ ground:timeline() })
  return { current_timeline_deletable = TB.timeline_named(ground.project, "Probe") == nil }
end)

-- Run every trial; one that fails leaves a note and the others go on.
local function run_trials(ground, facts, notes)
  for _, entry in ipairs(TRIALS) do
    local fine, found = pcall(entry.act, ground)
    if fine then
      for name, fact in pairs(found) do
        facts[name] = fact
      end
    else
      local words = TB.is_op_error(found) and found.message or TB.text(found, 500)
      notes[#notes + 1] = entry.name .. ": " .. words
    end
  end
end

-- Return the name of the open project.
local function open_name(manager)
  local project = manager:GetCurrentProject()
  return project and TB.text(project:GetName()) or ""
end

local function is_listed(manager, name)
  return TB.set(TB.entries(manager:GetProjectListInCurrentFolder()))[name] == true
end

-- Open the person's project and timeline; the one of the probe is saved first, so that no dialog asks.
local function open_again(desk, manager, was)
  manager:SaveProject()
  local pen = TB.pen(desk.delays, desk.sleep)
  local function load() return manager:LoadProject(was.name) end
  if not pen:write(load, function() return open_name(manager) == was.name end) then
    return false
  end
  local project = manager:GetCurrentProject()
  local timeline = was.timeline_id and TB.timeline_with_id(project, was.timeline_id)
  if timeline and not TB.is_current(project, was.timeline_id) then
    local function open() return project:SetCurrentTimeline(timeline) end
    TB.pen(desk.delays, desk.sleep):write(open, function() return TB.is_current(project, was.timeline_id) end)
  end
  return project:GetUniqueId() == was.id
end

-- Delete the probe's project, the person's opened again first; raise, unsure, when that fails.
local function put_away(desk, manager, was, name)
  if open_name(manager) ~= was.name and not open_again(desk, manager, was) then
    local lost = TB.op_error("host_rejected", ("The project “%s” could not be opened again."):format(was.name))
    lost.hint = ("Open it in the Project Manager; it was saved before. Then delete “%s”."):format(name)
    error(TB.unsure(lost), 0)
  end
  local function delete() return TB.call_if(manager, "DeleteProject", name) end
  TB.pen(desk.delays, desk.sleep):write(delete, function() return not is_listed(manager, name) end)
end

-- Save the person's project and return what is needed to open it again; raise where that would not work.
local function leave_project(desk, manager)
  local project = TB.need_project(desk.resolve)
  local timeline = project:GetCurrentTimeline()
  local was = { name = TB.text(project:GetName()), id = project:GetUniqueId() }
  was.timeline_id = timeline and timeline:GetUniqueId() or nil
  if not is_listed(manager, was.name) then
    local hint = "Open the Project Manager in Resolve, go to the folder of your project, then try again."
    TB.refuse("host_rejected", "The open project lies in another folder of the Project Manager.", hint)
  end
  TB.refuse_rendering(project)
  TB.save_project(desk, project)
  return was
end

-- Run the trials in a project made for it. The person's is saved before, and opened again in every ending.
local function with_project(desk, media, folder, facts, notes)
  local manager = desk.resolve:GetProjectManager()
  local was = leave_project(desk, manager)
  local name = ("TakeBridge probe %s %d"):format(os.date("%Y-%m-%d %H.%M.%S"), TB.pid())
  TB.keeping(desk, function(kept)
    kept:page()
    local function create() return manager:CreateProject(name) end
    if not TB.pen(desk.delays, desk.sleep):write(create, function() return open_name(manager) == name end) then
      error(TB.refusal(TB.need_project(desk.resolve), "make a project for the probe"), 0)
    end
    local project = manager:GetCurrentProject()
    local ground = { desk = desk, project = project, pool = project:GetMediaPool(), media = media, folder = folder }
    local fine, found = pcall(run_trials, setmetatable(ground, Ground), facts, notes)
    put_away(desk, manager, was, name)
    if not fine then
      error(found, 0)
    end
  end)
end

-- host.probe. Facts go by the names the emulator's profiles take; what could not be had is in the notes.
TB.OPS["host.probe"] = function(desk, args)
  local media, folder, notes = args.media or TB.array(), TB.text(args.folder), TB.array()
  if not TB.is_array(media) or TB.first(media, function(path) return type(path) ~= "string" end) then
    TB.refuse("invalid_param", "The op has no usable 'media'.", nil, { name = "media" })
  end
  for _, path in ipairs(media) do
    TB.need_file(path)
  end
  if folder ~= "" then
    TB.need_folder(folder)
  end
  local facts = read_facts(desk.resolve, notes)
  if #media > 0 then
    with_project(desk, media, folder, facts, notes)
  end
  return "verified", { facts = facts, notes = notes }
end

end -- probing
