-- The ops that only read: ping, stop, status, snapshot, selection.

do

TB.OPS = {}
TB.QUALIFIERS = {}

-- Return HostStatus. ``timeline`` is missing when none is open.
function TB.host_status(resolve)
  local fine, timeline = TB.try(function() return TB.timeline_info(TB.open_scene(resolve)) end)
  return {
    host = "resolve",
    product = TB.short(resolve:GetProductName()),
    version = TB.short(resolve:GetVersionString()),
    edition = TB.edition_of(resolve),
    page = TB.short(resolve:GetCurrentPage()),
    timeline = fine and timeline or nil,
  }
end

-- Return "studio", "free" or "unknown": by IsStudio (21.1), else by the product name.
function TB.edition_of(resolve)
  local said = TB.call_if(resolve, "IsStudio")
  if said ~= nil then
    return TB.given(said) and "studio" or "free"
  end
  local product = TB.text(resolve:GetProductName())
  if product == "" then
    return "unknown"
  end
  return product:lower():find("studio", 1, true) and "studio" or "free"
end

-- Return some item of the timeline to ask for its methods, or nil.
function TB.any_item(timeline)
  for _, track in ipairs(timeline and TB.all_tracks(timeline) or {}) do
    local item = TB.items_of(timeline, track)[1]
    if item then
      return item
    end
  end
  return nil
end

-- Return some pool item of the root bin to ask for its methods, or nil.
function TB.any_media(project)
  local pool = project and project:GetMediaPool()
  local root = pool and pool:GetRootFolder()
  return root and TB.entries(root:GetClipList())[1] or nil
end

-- Say whether a thing has a method, or where there is none to ask, whether the version should.
local function offers(thing, method, version, since)
  if thing then
    return TB.has(thing, method)
  end
  return TB.at_least(version, since)
end

-- Return the verbs of this host, sorted, with qualifiers where the version has what they need. Asked of the live
-- objects where there are any; with no timeline or an empty pool, of the version. ``source`` is the agent's own file,
-- "" when it is not known.
function TB.capabilities_of(resolve, source)
  local version, project = TB.version_of(resolve), TB.open_project(resolve)
  local timeline = project and project:GetCurrentTimeline() or nil
  local things = { timeline = timeline, media = TB.any_media(project), item = TB.any_item(timeline), resolve = resolve }
  local found = {}
  for verb in pairs(TB.OPS) do
    found[verb] = true
  end
  for _, rule in ipairs(TB.QUALIFIERS) do
    local there = offers(things[rule.thing], rule.method, version, rule.since)
    for _, name in ipairs(rule.names) do
      found[name] = there or nil
    end
  end
  found["range.render:quick"] = TB.offers_quick_export(resolve, project) or nil
  found["agent.reload"] = TB.given(source) or nil
  return TB.sorted_keys(found)
end

TB.QUALIFIERS = {
  { thing = "timeline", method = "GetSelectedClips", since = { 21, 0, 4 }, names = { "selection.get:selected" } },
  { thing = "timeline", method = "GetMarkInOut", since = { 19, 1 }, names = { "selection.get:marks" } },
  {
    thing = "media",
    method = "SetThirdPartyMetadata",
    since = { 19, 0, 2 },
    names = { "media.import:tags", "clip.stamp:metadata" },
  },
  { thing = "media", method = "SetThirdPartyMetadata", since = { 19, 0, 2 }, names = { "media.tag" } },
  { thing = "item", method = "GetLinkedItems", since = { 19, 0 }, names = { "clip.pull" } },
  { thing = "item", method = "SetName", since = { 20, 2 }, names = { "clip.rename" } },
}

-- agent.ping
TB.OPS["agent.ping"] = function(desk)
  return "verified", { alive = TB.is_alive(desk.resolve) }
end

-- agent.stop: the main loop leaves after the answer.
TB.OPS["agent.stop"] = function(desk)
  desk.stopping = true
  return "verified", {}
end

-- agent.reload: the main loop leaves after the answer, and starts again from the agent's own file.
TB.OPS["agent.reload"] = function(desk)
  if not TB.given(desk.source) then
    local hint = "Stop the agent and start it again from Workspace > Scripts."
    TB.refuse("unsupported_op", "This agent does not know the file it was started from.", hint)
  elseif not loadfile(desk.source) then
    local hint = "Install the agent again: takebridge install resolve."
    TB.refuse("host_rejected", "The agent's own file cannot be read any more.", hint)
  end
  desk.stopping, desk.reloading = true, true
  return "verified", {}
end

-- host.status
TB.OPS["host.status"] = function(desk)
  return "verified", TB.host_status(desk.resolve)
end

-- Items of a snapshot without detail and marks whose looks are read.
local LOOKS_AT_MOST = 200

-- How often a timeline is read that is edited meanwhile.
local READ_TIMES = 3

-- timeline.snapshot
TB.OPS["timeline.snapshot"] = function(desk, args)
  local scene = TB.open_scene(desk.resolve)
  local present = TB.all_tracks(scene.timeline)
  local tracks = args.tracks and TB.each(args.tracks, TB.parse_track) or present
  local there = TB.set(present)
  local missing = TB.first(tracks, function(track) return not there[track] end)
  if missing then
    local message = ("The timeline has no %s track %d."):format(missing.kind, missing.index)
    TB.refuse("not_found", message, "Read the timeline again.")
  end
  local function all() return true end
  return "verified", TB.snapshot_of(desk, scene, tracks, all, args.detail, args.marks == true, LOOKS_AT_MOST)
end

-- selection.get. The revision covers the tracks of the items returned.
TB.OPS["selection.get"] = function(desk, args)
  local scene, mode = TB.open_scene(desk.resolve), TB.given(args.mode) and args.mode or "playhead"
  if not TB.SELECTIONS[mode] then
    TB.refuse("invalid_param", ("There is no selection mode '%s'."):format(TB.short(mode)))
  end
  local tracks, chosen = TB.SELECTIONS[mode](scene)
  return "verified", TB.snapshot_of(desk, scene, tracks, chosen)
end

-- Return rows by their track.
local function by_track(rows)
  local found = {}
  for _, row in ipairs(rows) do
    found[row.track] = found[row.track] or {}
    table.insert(found[row.track], row)
  end
  return found
end

-- Say whether an item still lies where it was read, and plays the same frames of its media.
local function as_read(row, item)
  if item.kind == "ghost" then
    return not TB.given(row.item:GetUniqueId())
  end
  if TB.whole(row.item:GetStart()) ~= row.start or TB.whole(row.item:GetEnd()) ~= row.stop then
    return false
  end
  return not row.media or TB.whole(row.item:GetLeftOffset()) == item.left_offset_frame
end

-- Return a Snapshot of the chosen rows; tracks without a chosen row are left out of the revision. With ``detail``, only
-- the items with those keys are read in full. Looks are read of the items named, where marks are read (a round trip
-- compares them), and of not more than so many: thousands of property reads in a row have crashed Resolve.
-- Return nil when an item was edited meanwhile.
local function read_once(desk, scene, tracks, chosen, detail, marks, looks_at_most)
  local pool = {}
  local scanned = TB.survey(scene.timeline, TB.set(tracks), pool)
  local wanted = TB.each(scanned, function(row) return chosen(row) and row or nil end)
  local kept = by_track(wanted)
  local rows = TB.each(scanned, function(row) return kept[row.track] and row or nil end)
  local info, neighbours = TB.timeline_info(scene, rows, marks), by_track(rows)
  local version, detailed = TB.version_of(desk.resolve), detail and TB.set(detail)
  local blind = not marks and not detail and looks_at_most ~= nil and #wanted > looks_at_most
  pool.rate = info.rate
  pool.project_rate = blind and TB.rate_text(scene.project:GetSetting("timelineFrameRate")) or nil
  local full = {}
  local items = TB.each(wanted, function(row)
    if detailed and row.key ~= "" and not detailed[row.key] then
      return TB.unread(row)
    end
    local item = TB.read_row(TB.complete(row), neighbours[row.track], pool, version, marks, blind)
    full[#full + 1] = { row = row, item = item }
    return item
  end)
  for track, there in pairs(neighbours) do
    if #TB.items_of(scene.timeline, track) ~= #there then
      return nil
    end
  end
  -- Of very many, no more is asked: the revision guards whatever is then written.
  local torn = not blind and TB.first(full, function(one) return not as_read(one.row, one.item) end)
  return not torn and { timeline = info, items = items } or nil
end

-- Return a Snapshot (see above). Reading takes many calls, and a person edits between any two of them: a reading that
-- was torn so is made again, and raises ``timeline_changed`` when the editing goes on.
function TB.snapshot_of(desk, scene, tracks, chosen, detail, marks, looks_at_most)
  for _ = 1, READ_TIMES do
    local read = read_once(desk, scene, tracks, chosen, detail, marks, looks_at_most)
    TB.still_open(desk.resolve, scene)
    if read then
      return read
    end
  end
  TB.refuse("timeline_changed", "The timeline was being edited all the while it was read.")
end

-- Raise when another timeline was opened while one was read: items that died meanwhile look like none at all.
function TB.still_open(resolve, scene)
  local now = TB.open_scene(resolve)
  if now.project_id ~= scene.project_id or now.timeline_id ~= scene.timeline_id then
    TB.refuse("timeline_switched", "Another timeline was opened in Resolve while this one was being read.")
  end
end

-- Choose the item under the playhead on the top enabled video track, whatever it is.
function TB.under_playhead(scene)
  local item = scene.timeline:GetCurrentVideoItem()
  return TB.choose_items(scene, item and { item } or {})
end

-- Choose the selected items (21.0.4).
function TB.choose_selected(scene)
  if not TB.has(scene.timeline, "GetSelectedClips") then
    local hint = "Put the playhead on the clip instead, or update to Resolve 21.0.4 or later."
    TB.refuse("unsupported_op", "This version of Resolve cannot say what is selected.", hint)
  end
  return TB.choose_items(scene, TB.entries(scene.timeline:GetSelectedClips()))
end

-- Choose items by their ids. Before 19.0 an item does not know its track, so all are searched.
function TB.choose_items(scene, items)
  local keys = TB.set(TB.each(items, function(item) return TB.short(item:GetUniqueId()) end))
  keys[""] = nil
  local places = TB.each(items, TB.track_of)
  local tracks = #places < #items and TB.all_tracks(scene.timeline) or places
  return next(keys) and tracks or {}, function(row) return keys[row.key] end
end

-- Return an item's track (19.0), or nil.
function TB.track_of(item)
  local place = TB.call_if(item, "GetTrackTypeAndIndex")
  if type(place) ~= "table" or #place ~= 2 or not TB.whole(place[2]) then
    return nil
  end
  return TB.track(tostring(place[1]), TB.whole(place[2]))
end

-- Return the marked spans by track type: marks are relative to the start of the timeline, the out mark names the last
-- frame inside, and a missing mark means that end of the timeline.
function TB.marked_spans(timeline)
  local origin, stop = TB.frame_or_gone(timeline:GetStartFrame()), TB.frame_or_gone(timeline:GetEndFrame())
  local spans = {}
  for kind, marks in pairs(TB.entries(timeline:GetMarkInOut())) do
    local mark_in, mark_out = TB.whole(TB.entries(marks)["in"]), TB.whole(TB.entries(marks).out)
    if mark_in or mark_out then
      spans[kind] = { start = origin + (mark_in or 0), stop = mark_out and origin + mark_out + 1 or stop }
    end
  end
  return spans
end

-- Choose video and audio items that lie at least partly between the marks (19.1); no marks at all choose nothing.
function TB.between_marks(scene)
  local timeline = scene.timeline
  if not TB.has(timeline, "GetMarkInOut") then
    local hint = "Put the playhead on the clip instead, or update to Resolve 19.1 or later."
    TB.refuse("unsupported_op", "This version of Resolve cannot say where the marks are.", hint)
  end
  local spans = TB.marked_spans(timeline)
  local tracks = TB.each(TB.all_tracks(timeline), function(track) return spans[track.kind] and track or nil end)
  return tracks, function(row)
    local span = spans[row.track.kind]
    return span and row.key ~= "" and row.start < span.stop and span.start < row.stop
  end
end

TB.SELECTIONS = { playhead = TB.under_playhead, selected = TB.choose_selected, marks = TB.between_marks }

end -- looking
