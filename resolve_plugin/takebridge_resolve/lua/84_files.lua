-- timeline.export, timeline.import and frame.grab: files out of the timeline, and a new timeline of a file.

do

TB.EXPORTS = {
  otio = { "EXPORT_OTIO" },
  fcpxml = { "EXPORT_FCPXML_1_10", "EXPORT_FCPXML_1_9", "EXPORT_FCPXML_1_8" },
  xmeml = { "EXPORT_FCP_7_XML" },
  edl = { "EXPORT_EDL" },
  aaf = { "EXPORT_AAF" },
  drt = { "EXPORT_DRT" },
}
local STILLS = TB.set({ ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".dpx", ".exr" })
local PAGES_WITHOUT_PLAYHEAD = TB.set({ "media", "fusion", "photo" })

-- Return the first constant of these this build has, or nil. Constants are opaque: strings are refused.
function TB.constant(resolve, names)
  local name = TB.first(names, function(entry) return resolve[entry] ~= nil end)
  return name and resolve[name] or nil
end

-- Return where an export may land: FCPXML 1.10 is a folder, and who names it is not told.
function TB.places_of_export(path, form)
  if form ~= "fcpxml" then
    return { path }
  end
  return { path, (TB.split_ending(path)) .. ".fcpxmld", path .. ".fcpxmld" }
end

-- Let the host write a file; raise when it said no or wrote nothing. What is left then cannot be deleted from here, so
-- the hint names it.
local function write_file(desk, scene, what, places, act, look)
  local said
  local fine, found = TB.try(function()
    TB.carry_out(
      desk,
      scene.project,
      what,
      function()
        said = act()
        return said
      end,
      function() return TB.truthy(said) and TB.landed(places) end,
      look
    )
    look()
  end)
  if not fine then
    found.outcome = "not_applied"
    found.hint = found.code == "host_rejected" and TB.SANDBOX_HINT or found.hint
    TB.tell_left(places, found)
    error(found, 0)
  end
end

-- timeline.export
TB.OPS["timeline.export"] = function(desk, args)
  local form, path = TB.need(args, "format", "string"), TB.need_path(args)
  if not TB.EXPORTS[form] then
    TB.refuse("invalid_param", ("There is no export format '%s'."):format(TB.short(form)))
  end
  local kind = TB.constant(desk.resolve, TB.EXPORTS[form])
  local subtype = TB.constant(desk.resolve, { form == "aaf" and "EXPORT_AAF_NEW" or "EXPORT_NONE" })
  if kind == nil then
    TB.refuse("unsupported_op", ("This version of Resolve cannot export %s."):format(form))
  end
  local scene, places = TB.open_scene(desk.resolve), TB.places_of_export(path, form)
  TB.need_folder(TB.folder_of(path))
  TB.need_free(places)
  local name = TB.text(scene.timeline:GetName())
  local function act() return scene.timeline:Export(path, kind, subtype) end
  write_file(desk, scene, "export the timeline", places, act, function() end)
  local found = { path = TB.landed(places), format = form, timeline_id = scene.timeline_id, timeline_name = name }
  return "verified", found
end

-- Return importOptions. OTIO loses its media unless it imports it; a DRT takes none of them.
local function import_options(path, name, import_media, pool)
  local _, ending = TB.split_ending(path:lower())
  if ending == ".drt" then
    return {}
  elseif import_media or ending == ".otio" then
    return { timelineName = name, importSourceClips = true }
  end
  return { timelineName = name, importSourceClips = false, sourceClipsFolders = { pool:GetRootFolder() } }
end

-- Give an imported timeline the name it was to have, where the host gave it another one.
local function settle_name(desk, project, key, name)
  local timeline = TB.timeline_with_id(project, key)
  if timeline:GetName() == name then
    return
  end
  local fine, found = TB.try(function()
    TB.carry_out(
      desk,
      project,
      "name the imported timeline",
      function() return timeline:SetName(name) end,
      function() return timeline:GetName() == name end,
      function() end
    )
  end)
  if not fine then
    error(TB.unsure(found), 0)
  end
end

-- Import and return the new timeline's id; raise with nothing left, or unsure.
local function bring(desk, project, asked, known, expect)
  local pool = project:GetMediaPool()
  local options = import_options(asked.path, asked.name, asked.import_media, pool)
  local function fresh()
    return TB.first(TB.timelines_of(project), function(line) return not known[line:GetUniqueId()] end)
  end
  local fine, found = TB.try(function()
    TB.carry_out(
      desk,
      project,
      "import the timeline",
      function() return pool:ImportTimelineFromFile(asked.path, options) end,
      fresh,
      function() return TB.same_project(desk.resolve, expect) end
    )
  end)
  if not fine then
    local hint = "Resolve does not say why. Import the file by hand (File > Import > Timeline) to see more."
    found.hint = found.code == "host_rejected" and hint or found.hint
    error(found, 0)
  end
  local key = fresh():GetUniqueId()
  settle_name(desk, project, key, asked.name)
  return key
end

-- timeline.import. Resolve opens what it imported and may change the bin: both are put back.
TB.OPS["timeline.import"] = function(desk, args, expect)
  local asked = { path = TB.need_path(args), name = TB.need_name(args), import_media = args.import_media ~= false }
  local wanted = TB.need_expectation(expect).timeline_id
  local project = TB.same_project(desk.resolve, expect)
  TB.need_file(asked.path)
  TB.refuse_used(project, asked.name)
  TB.check_expectation(desk.resolve, expect)
  local known = TB.set(TB.each(TB.timelines_of(project), function(line) return line:GetUniqueId() end))
  local function ours()
    local current = project:GetCurrentTimeline()
    return TB.given(current) and not known[current:GetUniqueId()]
  end
  local kept, made = TB.keeping(desk, function(kept)
    kept:bin(project:GetMediaPool())
    kept:timeline(project, wanted, ours)
    return bring(desk, project, asked, known, expect)
  end)
  if #kept.left > 0 then
    local message = "The timeline is imported. " .. kept:said()
    error(TB.unsure(TB.op_error("host_rejected", message, "Open your timeline again.")), 0)
  end
  return TB.timeline_result(made, asked.name, true)
end

-- Park, write, look for the file; return the frame that was written.
local function grab(desk, kept, scene, path, frame)
  local timeline = scene.timeline
  local there = TB.playhead_of(timeline, TB.clock_of(scene))
  if not there then
    TB.refuse("host_rejected", "Resolve does not say where the playhead is.", TB.PLAYHEAD_HINT)
  end
  frame = frame or there
  if frame < TB.frame_or_gone(timeline:GetStartFrame()) or frame >= TB.frame_or_gone(timeline:GetEndFrame()) then
    local message = ("The timeline shows nothing at frame %d."):format(frame)
    TB.refuse("invalid_param", message, "Choose a frame of the cut.")
  end
  kept:playhead(timeline)
  TB.park(desk, scene, frame)
  local function act() return scene.project:ExportCurrentFrameAsStill(path) end
  write_file(desk, scene, "write the frame", { path }, act, function() TB.same_timeline(desk, scene) end)
  return frame
end

-- frame.grab: as graded. ExportCurrentFrameAsStill is the only still export that works unattended.
TB.OPS["frame.grab"] = function(desk, args)
  local path, frame = TB.need_path(args), args.record_frame
  if frame ~= nil then
    TB.need(args, "record_frame", "int")
  end
  local _, ending = TB.split_ending(path:lower())
  if not STILLS[ending] then
    TB.refuse("invalid_param", "A still is written as .png, .jpg or .tif.", "Choose one of these endings.")
  end
  local scene = TB.open_scene(desk.resolve)
  TB.need_folder(TB.folder_of(path))
  TB.need_free({ path })
  local kept, written = TB.keeping(desk, function(kept)
    if PAGES_WITHOUT_PLAYHEAD[desk.resolve:GetCurrentPage()] then
      kept:page("edit")
    end
    return grab(desk, kept, scene, path, frame)
  end)
  return kept:outcome(), { path = path, record_frame = written }
end

end -- files
