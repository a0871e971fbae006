-- clip.place: one clip put on a free span: place, list the track again, find it there, take it off when it is not as
-- asked.
--
-- AppendToTimeline overwrites nothing: on an occupied span it drops the clip or answers a ghost, and across rates and
-- for stills it may make another length.

do

local Placing = {}
Placing.__index = Placing

TB.OPS["clip.place"] = function(desk, args, expect)
  return TB.placing(desk, args, TB.need_expectation(expect)):run()
end

-- Begin a placement; raise ``invalid_param`` when it cannot be one.
function TB.placing(desk, args, expect)
  local placing = setmetatable({ desk = desk, expect = expect, handles = {}, known = {} }, Placing)
  placing.version = TB.version_of(desk.resolve)
  placing.media_id = TB.need(args, "media_id", "string")
  placing.track = TB.parse_track(TB.need(args, "track", "dict"))
  placing.span = TB.need_record_span(args)
  placing.source = TB.need_span(args, "start_source_frame", "end_source_frame")
  placing.link = TB.each(TB.is_array(args.link) and args.link or {}, function(key)
    return type(key) == "string" and key or nil
  end)
  placing.tracks = TB.set(TB.expected_tracks(expect))
  placing.tracks[placing.track] = true
  local span, source = placing.span, placing.source
  local empty = span.start >= span.stop or source.start < 0 or source.start >= source.stop
  if empty or placing.track.kind == "subtitle" then
    TB.refuse("invalid_param", "A clip to place needs frames to show and a track that can hold it.")
  end
  return placing
end

-- Return outcome and PlaceResult.
function Placing:run()
  self:scan()
  local row = self:find()
  local changed = row == nil
  if changed then
    row = self:place()
  end
  if #self.link > 0 then
    self:join(row)
  end
  local item = TB.read_row(row, { row }, {}, self.version)
  TB.same_scene(self.desk.resolve, self.expect)
  return "verified", { items = TB.array({ item }), changed = changed }
end

-- Read the track and the expected ones; raise when the timeline is not open any more.
function Placing:scan()
  self.scene = TB.same_scene(self.desk.resolve, self.expect)
  self.rows = TB.sketch(self.scene.timeline, self.tracks)
end

-- Return the rows of the clip's own track.
function Placing:track_rows()
  return TB.each(self.rows, function(row) return row.track == self.track and row or nil end)
end

-- Return the row that is what was asked for, or nil.
function Placing:find()
  local there = TB.each(self:track_rows(), function(row)
    local here = row.start == self.span.start and row.stop == self.span.stop
    return here and TB.scan_item(row.item, row.track) or nil
  end)
  return TB.first(there, function(row)
    return row.media and TB.media_id(row.media) == self.media_id and self:shows_source(row)
  end)
end

-- Say whether a row begins at the asked source frame. Sound counts at the project's rate, stills not at all.
function Placing:shows_source(row)
  if self.track.kind == "audio" then
    return true
  end
  local still = TB.text(row.media:GetClipProperty("Type")):lower():find("still", 1, true)
  return still ~= nil or TB.whole(row.item:GetLeftOffset()) == self.source.start
end

-- Put the clip on the track and return its row; raise with nothing left on the track.
function Placing:place()
  TB.check_expectation(self.desk.resolve, self.expect)
  self:check_room()
  local media = TB.find_media(self.scene.project:GetMediaPool(), self.media_id)
  local around = TB.places_of(self.rows)
  self.known = TB.set(TB.each(self.rows, function(row) return row.key end))
  local fine, found = TB.try(function() self:append(media) end)
  if not fine then
    error(self:take_off(found), 0)
  end
  local row = self:find()
  if not row then
    error(self:take_off(self:misfit()), 0)
  elseif not TB.same(TB.places_of(self.rows, { [row.key] = true }), around) then
    local changed = TB.op_error("timeline_changed", "A neighbouring clip was edited meanwhile.")
    error(self:take_off(changed), 0)
  end
  return row
end

-- Return the rows of the track that share frames with a span.
function Placing:rows_in(first, last)
  return TB.each(self:track_rows(), function(row)
    return row.key ~= "" and row.start < last and first < row.stop and row or nil
  end)
end

-- Return the first item that stands in the way, transitions aside, or nil. Whether an item is a transition is told by
-- what it lies over, so the neighbours of those in the way are read too.
function Placing:obstacle()
  local near = self:rows_in(self.span.start, self.span.stop)
  local first, last = self.span.start, self.span.stop
  for _, row in ipairs(near) do
    first, last = math.min(first, row.start), math.max(last, row.stop)
  end
  local full, by_key = {}, {}
  for _, row in ipairs(self:rows_in(first, last)) do
    full[#full + 1] = TB.scan_item(row.item, row.track)
    by_key[row.key] = full[#full]
  end
  local solid = TB.first(near, function(row) return TB.kind_of(by_key[row.key], full, "clip") ~= "transition" end)
  return solid and by_key[solid.key] or nil
end

-- Refuse a span that is not free, and a track that cannot be written.
function Placing:check_room()
  local timeline = self.scene.timeline
  if not TB.set(TB.all_tracks(timeline))[self.track] then
    local message = ("The timeline has no %s track %d."):format(self.track.kind, self.track.index)
    TB.refuse("not_found", message, "Add the track first.")
  end
  TB.refuse_locked(timeline, self.track)
  if self.span.start < TB.frame_or_gone(timeline:GetStartFrame()) then
    TB.refuse("invalid_param", "The clip would begin before the timeline does.")
  end
  local solid = self:obstacle()
  if solid then
    local message = ("“%s” lies where the clip is to go; nothing is overwritten."):format(solid.name)
    TB.refuse("host_rejected", message, "Make room on the track, then try again.")
  end
end

-- Append, and find what came of it.
function Placing:append(media)
  local info = {
    mediaPoolItem = media,
    startFrame = self.source.start,
    endFrame = self.source.stop - TB.counts_inclusive(self.version),
    mediaType = self.track.kind == "video" and 1 or 2,
    trackIndex = self.track.index,
    recordFrame = self.span.start,
  }
  local pool = self.scene.project:GetMediaPool()
  local function act()
    self.handles = TB.each(TB.entries(pool:AppendToTimeline({ info })), function(item) return item or nil end)
    return #self.handles > 0
  end
  local function done() return #self:ours() > 0 end
  TB.carry_out(self.desk, self.scene.project, "place the clip", act, done, function() self:recheck() end)
  self:scan()
end

-- Between two tries: raise when the ground has moved.
function Placing:recheck()
  self:scan()
  if #self:ours() == 0 then
    TB.check_expectation(self.desk.resolve, self.expect)
  end
end

-- Return the keys of what was placed, without ghosts.
function Placing:ours()
  return TB.each(self.handles, function(item)
    local key = item:GetUniqueId()
    return TB.given(key) and TB.short(key) or nil
  end)
end

-- Return the error for a clip that came out otherwise than asked.
function Placing:misfit()
  local keys = TB.set(self:ours())
  local row = TB.first(self:track_rows(), function(entry) return keys[entry.key] end)
  local made, asked = row and row.stop - row.start or 0, self.span.stop - self.span.start
  local message = "Resolve made %d frames of the clip instead of %d, so it was taken off again."
  local hint = "Deliver the file at the timeline's rate and length, then place it again."
  local details = { asked_frames = asked, placed_frames = made }
  return TB.op_error("host_rejected", message:format(made, asked), hint, details)
end

-- Take off what was placed; say whether it is sure that nothing is left.
function Placing:take_off_rows(keys)
  local here = self:open_now()
  local expected = here.timeline_id == self.expect.timeline_id
  local present = (next(keys) or expected) and TB.sketch_all(here.timeline) or {}
  local rows = TB.each(present, function(row)
    return (keys[row.key] or (expected and self:is_new(row))) and row or nil
  end)
  if #rows > 0 then
    TB.delete_rows(self.desk, { project_id = here.project_id, timeline_id = here.timeline_id }, rows)
  end
  return expected or #rows > 0 or not self.desk.pen.touched
end

-- Take off what was placed; return the error, marked when something may be left.
--
-- AppendToTimeline writes to whatever timeline is open: one that a person opened in that moment is cleaned up too.
function Placing:take_off(found)
  local keys = TB.set(self:ours())
  self.desk.pen:renew()
  local fine, sure = TB.try(function() return self:take_off_rows(keys) end)
  if not fine then
    sure = not self.desk.pen.touched
  end
  if not sure then
    return found.outcome == "not_applied" and TB.unsure(found) or found
  end
  local told = found
  if found.outcome ~= "not_applied" then
    told = TB.op_error(found.code, found.message, nil, found.details)
  end
  told.undone = true
  return told
end

-- Return the open scene, whichever timeline of the project it is.
function Placing:open_now()
  TB.same_project(self.desk.resolve, self.expect)
  return TB.open_scene(self.desk.resolve)
end

-- Say whether a row can only be what was placed: its handles may have gone stale.
function Placing:is_new(row)
  if row.track ~= self.track or row.key == "" or self.known[row.key] or row.start ~= self.span.start then
    return false
  end
  local media = row.item:GetMediaPoolItem()
  return TB.given(media) and TB.media_id(media) == self.media_id
end

local function linked_keys(item)
  return TB.set(TB.each(TB.read_links(item), function(entry) return entry[1] end))
end

local function within(wanted, there)
  return TB.first(wanted, function(key) return not there[key] end) == nil
end

-- Return the keys to link the clip with: the asked ones and what those are linked with, as linking anew would take them
-- out of that.
function Placing:link_wanted(row, rows)
  local wanted = {}
  for _, key in ipairs(self.link) do
    wanted[key] = true
    for other in pairs(linked_keys(rows[key].item)) do
      wanted[other] = rows[other] and true or nil
    end
  end
  wanted[row.key] = nil
  return TB.sorted_keys(wanted)
end

-- Link the clip with others.
function Placing:join(row)
  local timeline, rows = self.scene.timeline, {}
  for _, other in ipairs(TB.sketch_all(timeline)) do
    rows[other.key] = other.key ~= "" and other or nil
  end
  if not within(self.link, rows) then
    error(TB.unsure(TB.op_error("timeline_changed", "A clip to link with is no longer there.")), 0)
  end
  local wanted = self:link_wanted(row, rows)
  if within(wanted, linked_keys(row.item)) then
    return
  end
  local items, said = TB.each(wanted, function(key) return rows[key].item end), nil
  table.insert(items, 1, row.item)
  local function act()
    said = timeline:SetClipsLinked(items, true)
    return said
  end
  local function done()
    if TB.has(row.item, "GetLinkedItems") then
      return within(wanted, linked_keys(row.item))
    end
    return said == true
  end
  local fine, found = TB.try(function()
    TB.carry_out(self.desk, self.scene.project, "link the clips", act, done, function() self:scan() end)
  end)
  if not fine then
    error(TB.unsure(found), 0)
  end
end

end -- placing
