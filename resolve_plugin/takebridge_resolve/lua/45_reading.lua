-- Reading: project, timeline, tracks, rows. A scene is {project, timeline, project_id, timeline_id}; a row is one item
-- of a track, read lightly: ``start`` and ``stop`` are record frames, ``media`` the pool item or nil, ``facts`` what
-- the pool says of it.

do

local tracks_known = {}

-- Return a track; the same type and index always give the same table, so tracks compare and serve as keys.
function TB.track(kind, index)
  local name = kind .. " " .. index
  tracks_known[name] = tracks_known[name] or { kind = kind, index = index }
  return tracks_known[name]
end

-- Return a TrackRef of the protocol.
function TB.track_ref(track)
  return { type = track.kind, index = track.index }
end

-- Return the open project, or nil.
function TB.open_project(resolve)
  local manager = resolve:GetProjectManager()
  return manager and manager:GetCurrentProject() or nil
end

-- Return the open project and timeline, or raise ``not_found``.
function TB.open_scene(resolve)
  local project = TB.open_project(resolve)
  local timeline = project and project:GetCurrentTimeline() or nil
  local project_id = timeline and project:GetUniqueId()
  local timeline_id = timeline and timeline:GetUniqueId()
  if not TB.given(project_id) or not TB.given(timeline_id) then
    TB.refuse("not_found", "No timeline is open in Resolve.", "Open a timeline, then try again.")
  end
  return {
    project = project,
    timeline = timeline,
    project_id = TB.short(project_id),
    timeline_id = TB.short(timeline_id),
  }
end

-- Return every track, video first; the order every revision uses.
function TB.all_tracks(timeline)
  local found = {}
  for _, kind in ipairs(TB.TRACK_TYPES) do
    for index = 1, TB.track_count(timeline, kind) do
      found[#found + 1] = TB.track(kind, index)
    end
  end
  return found
end

-- Return the number of tracks of a type.
function TB.track_count(timeline, kind)
  return TB.whole(timeline:GetTrackCount(kind)) or 0
end

-- Return the items of a track.
function TB.items_of(timeline, track)
  return TB.entries(timeline:GetItemListInTrack(track.kind, track.index))
end

-- Return the tracks of a set in the order of all_tracks. Nothing is asked: a track that does not exist has no items.
local function in_order(wanted)
  local rank, tracks = { video = 1, audio = 2, subtitle = 3 }, {}
  for track in pairs(wanted) do
    tracks[#tracks + 1] = track
  end
  table.sort(tracks, function(left, right)
    if left.kind == right.kind then
      return left.index < right.index
    end
    return rank[left.kind] < rank[right.kind]
  end)
  return tracks
end

local function read_tracks(timeline, wanted, read)
  local rows = {}
  for _, track in ipairs(in_order(wanted)) do
    for _, item in ipairs(TB.items_of(timeline, track)) do
      rows[#rows + 1] = read(item, track)
    end
  end
  return rows
end

-- Read what a revision needs of every item of a set of tracks, in the order of all_tracks: rows that complete fills.
-- ``pool`` collects the media read so far in this op. The Python agent takes most of it from a file; here all is asked.
function TB.survey(timeline, tracks, pool)
  return read_tracks(timeline, tracks, function(item, track) return TB.light_row(item, track, pool) end)
end

-- Ask every item of tracks (a list), in the order of all_tracks.
function TB.scan(timeline, tracks, pool)
  pool = pool or {}
  return read_tracks(timeline, TB.set(tracks), function(item, track) return TB.scan_item(item, track, pool) end)
end

-- Read only keys and places of the items of a set of tracks: at less than half the calls.
function TB.sketch(timeline, tracks)
  return read_tracks(timeline, tracks, TB.sketch_item)
end

-- Read keys and places of all items of a timeline.
function TB.sketch_all(timeline)
  return TB.sketch(timeline, TB.set(TB.all_tracks(timeline)))
end

local function ghost_row(item, track)
  return { item = item, track = track, key = "", start = 0, stop = 0, name = "", path = "", take = 0, enabled = false }
end

-- Ask an item for its row, its take too.
function TB.scan_item(item, track, pool)
  return TB.complete(TB.light_row(item, track, pool))
end

-- Return a row with its selected take.
function TB.complete(row)
  row.take = row.take or TB.whole(row.item:GetSelectedTakeIndex()) or 0
  return row
end

-- Ask an item for what a revision needs; a ghost (all getters nil) gives a row without key.
function TB.light_row(item, track, pool)
  local row = TB.sketch_item(item, track)
  if row.key == "" then
    return row
  end
  row.media = item:GetMediaPoolItem() or nil
  row.facts = row.media and TB.media_item(row.media, pool or {}) or nil
  row.path = row.facts and row.facts.path or ""
  row.take = nil
  row.name, row.enabled = TB.text(item:GetName()), TB.is_enabled(item)
  return row
end

-- Read the key and the place of an item.
function TB.sketch_item(item, track)
  local key, start, stop = item:GetUniqueId(), TB.whole(item:GetStart()), TB.whole(item:GetEnd())
  local row = ghost_row(item, track)
  if TB.given(key) and start and stop then
    row.key, row.start, row.stop, row.enabled = TB.short(key), start, stop, true
  end
  return row
end

-- Return the row of one item by its key, or nil; the others cost one call each.
function TB.find_row(timeline, track, key)
  for _, item in ipairs(TB.items_of(timeline, track)) do
    if TB.short(item:GetUniqueId()) == key then
      local row = TB.scan_item(item, track)
      return row.key ~= "" and row or nil
    end
  end
  return nil
end

-- Read the enabled switch; items without one (transitions answer nil) count as enabled.
function TB.is_enabled(item)
  return item:GetClipEnabled() ~= false
end

-- Fingerprint the rows of some tracks. Empty tracks add nothing, so naming more of them changes nothing.
function TB.revision(scene, rows)
  return TB.digest({ scene.project_id, scene.timeline_id, TB.facts_of(rows) })
end

-- Return what an edit of tracks shows in, except of the row of one key: places, names, media and state. Keys and takes
-- are left out: a clip that was changed for another one looks another.
function TB.facts_of(rows, without)
  return TB.each(rows, function(row)
    if row.key ~= without then
      return { row.track.kind, row.track.index, row.start, row.stop, row.name, row.path, row.enabled }
    end
  end)
end

-- Return TimelineInfo; with ``rows``, the revision covers their tracks; with ``marks``, markers and tracks.
function TB.timeline_info(scene, rows, marks)
  local timeline, rate = scene.timeline, TB.setting(scene, "timelineFrameRate")
  local tracks = TB.all_tracks(timeline)
  local info = {
    project_id = scene.project_id,
    project_name = TB.text(scene.project:GetName()),
    timeline_id = scene.timeline_id,
    timeline_name = TB.text(timeline:GetName()),
    rate = TB.rate_text(rate),
    drop_frame = TB.is_drop(scene, rate),
    start_record_frame = TB.frame_or_gone(timeline:GetStartFrame()),
    end_record_frame = TB.frame_or_gone(timeline:GetEndFrame()),
    width = TB.frame_or_gone(TB.setting(scene, "timelineResolutionWidth")),
    height = TB.frame_or_gone(TB.setting(scene, "timelineResolutionHeight")),
    revision = rows and TB.revision(scene, rows) or "",
    locked_tracks = TB.each(tracks, function(track)
      return TB.is_locked(timeline, track) and TB.track_ref(track) or nil
    end),
  }
  if marks then
    info.project_rate = TB.rate_text(scene.project:GetSetting("timelineFrameRate"))
    info.tracks = TB.each(tracks, function(track) return TB.track_info(timeline, track) end)
    info.markers = TB.read_markers(timeline, "record_frame", info.start_record_frame)
    local span = TB.has(timeline, "GetMarkInOut") and TB.marked_spans(timeline).video
    if span then
      info.marked_start_record_frame, info.marked_end_record_frame = span.start, span.stop
    end
  end
  return info
end

-- Say whether timecode drops frames, by the rate's suffix or the setting.
function TB.is_drop(scene, rate)
  if TB.rate_text(rate):upper():match(" DF$") then
    return true
  end
  local said = TB.setting(scene, "timelineDropFrameTimecode")
  return said == "1" or said == 1 or said == true
end

-- Return a TrackInfo. Whether a track is enabled is only to be trusted on the current timeline.
function TB.track_info(timeline, track)
  local info = TB.track_ref(track)
  info.enabled = timeline:GetIsTrackEnabled(track.kind, track.index) ~= false
  info.name = TB.text(timeline:GetTrackName(track.kind, track.index))
  return info
end

-- Return the markers of a timeline or an item in order of their frames, ``space`` naming the frame's field.
-- A marker's own frames count from the start of what it is on.
function TB.read_markers(thing, space, origin)
  local found = TB.array()
  for frame, facts in pairs(TB.entries(thing:GetMarkers())) do
    if TB.whole(frame) and type(facts) == "table" then
      found[#found + 1] = {
        [space] = (origin or 0) + TB.whole(frame),
        duration_frames = math.max(TB.whole(facts.duration) or 0, 0),
        color = TB.short(facts.color),
        name = TB.text(facts.name),
        note = TB.text(facts.note),
        data = TB.text(facts.customData),
      }
    end
  end
  table.sort(found, function(left, right) return left[space] < right[space] end)
  return found
end

-- Read a timeline setting; a timeline that follows the project answers "" on some builds, then the project's.
function TB.setting(scene, name)
  local value = scene.timeline:GetSetting(name)
  if TB.given(value) then
    return value
  end
  return scene.project:GetSetting(name)
end

-- Return a whole number the timeline must have; nil means that the handle died under us.
function TB.frame_or_gone(value)
  local number = TB.whole(value)
  if not number then
    TB.refuse("timeline_switched", "The timeline was closed while it was being read.")
  end
  return number
end

-- Read the lock of a track.
function TB.is_locked(timeline, track)
  return TB.given(timeline:GetIsTrackLocked(track.kind, track.index))
end

end -- reading
