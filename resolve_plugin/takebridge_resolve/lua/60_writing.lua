-- Writing: with patience, on the timeline that is expected, read back.

do

-- Say whether an answer means that something was done: an empty list, "", 0 and false do not.
function TB.truthy(value)
  if type(value) == "table" and getmetatable(value) == nil then
    return TB.first({ next(value) }, function(key) return key ~= "__flags" end) ~= nil or value[1] ~= nil
  end
  return TB.given(value) and value ~= 0
end

local Pen = {}
Pen.__index = Pen

-- Return a pen: writes with patience. ``touched`` is true when something of this op may be in the project, ``made``
-- counts the writes that were seen to be done.
function TB.pen(delays, sleep)
  local pen = setmetatable({ delays = delays, sleep = sleep, touched = false, made = 0 }, Pen)
  pen:renew()
  return pen
end

-- Give putting things back the same patience again.
function Pen:renew()
  self.waits = TB.each(self.delays, function(delay) return delay end)
end

-- Call ``act`` until ``done`` reads true; say whether it did.
--
-- A dialog, playback or a backup make every write answer false for a while, so a refusal is tried again until the op's
-- waits are spent, each time after ``still`` (which raises when the ground has moved). A write that was answered with
-- true and is not there is not repeated: that could do it twice.
function Pen:write(act, done, still)
  while true do
    local before = self.touched
    self.touched = true
    local said = act()
    if TB.truthy(done()) then
      self.made = self.made + 1
      return true
    elseif TB.truthy(said) then
      return false
    end
    self.touched = before
    if #self.waits == 0 then
      return false
    end
    self.sleep(table.remove(self.waits, 1))
    if still then
      still()
    end
  end
end

-- Return the error for a refused write: busy when even choosing the bin that is chosen already is refused. That write
-- changes nothing and leaves no step in the undo history.
function TB.refusal(project, what)
  local pool = project:GetMediaPool()
  local folder = pool and pool:GetCurrentFolder()
  if not folder then
    return TB.op_error("timeline_switched", "The project was closed meanwhile.")
  elseif not TB.given(pool:SetCurrentFolder(folder)) then
    return TB.op_error("host_busy", ("Resolve is busy and refused to %s."):format(what))
  end
  local hint = "Try it by hand in Resolve: it may say more about why."
  return TB.op_error("host_rejected", ("Resolve refused to %s."):format(what), hint)
end

-- Return the expected tracks of an expectation, parsed.
function TB.expected_tracks(expect)
  return TB.each(expect.tracks or {}, TB.parse_track)
end

-- Return the scene when project, timeline and revision are as expected; raise before anything is written.
function TB.check_expectation(resolve, expect)
  local scene = TB.same_scene(resolve, expect)
  if TB.given(expect.revision) then
    local tracks = TB.expected_tracks(expect)
    if TB.revision(scene, TB.survey(scene.timeline, TB.set(tracks), {})) ~= expect.revision then
      TB.refuse("timeline_changed", "The timeline was edited since it was last read.")
    end
  end
  return scene
end

-- Return the open scene when it is the expected one, else raise ``timeline_switched``.
function TB.same_scene(resolve, expect)
  local fine, scene = TB.try(function() return TB.open_scene(resolve) end)
  if not fine then
    TB.refuse("timeline_switched", scene.message)
  end
  if scene.project_id ~= expect.project_id or scene.timeline_id ~= expect.timeline_id then
    TB.refuse("timeline_switched", "Another project or timeline is open in Resolve.")
  end
  return scene
end

-- Say whether the expected timeline is the current one: what was read just before may be trusted then. Handles die
-- when another is opened, and a dead item looks like one that is not there.
function TB.is_open(resolve, expect)
  return (TB.try(function() return TB.same_scene(resolve, expect) end))
end

-- Write with patience; return when it is seen to be done, else raise. ``look`` finds handles again and raises when the
-- ground has moved: "committed_unverified" then, when something may have been written.
function TB.carry_out(desk, project, what, act, done, look)
  if desk.pen:write(act, done, look) then
    return
  end
  local fine, moved = TB.try(look)
  if not fine then
    error(desk.pen.touched and TB.unsure(moved) or moved, 0)
  end
  if not TB.truthy(done()) then
    error(TB.refusal(project, what), 0)
  end
end

-- Raise when a track is locked.
function TB.refuse_locked(timeline, track)
  if TB.is_locked(timeline, track) then
    local kind = track.kind:sub(1, 1):upper() .. track.kind:sub(2)
    local message = ("%s track %d is locked."):format(kind, track.index)
    TB.refuse("host_rejected", message, "Unlock the track in Resolve, then try again.")
  end
end

-- Return {track, key, start, end} of rows, except those with some keys.
function TB.places_of(rows, without)
  return TB.each(rows, function(row)
    if not (without and without[row.key]) then
      return { row.track, row.key, row.start, row.stop }
    end
  end)
end

-- --- arguments ---------------------------------------------------------------------------------------------------

local CHECKS = {
  string = function(value) return type(value) == "string" end,
  int = function(value) return type(value) == "number" and TB.whole(value) ~= nil end,
  bool = function(value) return type(value) == "boolean" end,
  list = TB.is_array,
  dict = function(value) return type(value) == "table" and not TB.is_array(value) and value ~= TB.NULL end,
}

-- Say whether a JSON value is of a kind: string, int, bool, list, dict.
function TB.is_kind(value, kind)
  return CHECKS[kind](value)
end

-- Return an argument of the given kind, or raise ``invalid_param``.
function TB.need(args, name, kind)
  if not CHECKS[kind](args[name]) then
    TB.refuse("invalid_param", ("The op has no usable '%s'."):format(name), nil, { name = name })
  end
  return args[name]
end

-- Return a track from a TrackRef.
function TB.parse_track(ref)
  if not TB.is_kind(ref, "dict") then
    TB.refuse("invalid_param", "The op has no usable 'track'.", nil, { name = "track" })
  end
  local kind, index = TB.need(ref, "type", "string"), TB.need(ref, "index", "int")
  if not TB.set(TB.TRACK_TYPES)[kind] or index < 1 then
    TB.refuse("invalid_param", ("There is no such track: %s %d."):format(TB.short(kind), index))
  end
  return TB.track(kind, index)
end

-- Return the span {start, stop} of two frame arguments.
function TB.need_span(args, first, last)
  return { start = TB.need(args, first, "int"), stop = TB.need(args, last, "int") }
end

-- Return the record span of a clip's arguments.
function TB.need_record_span(args)
  return TB.need_span(args, "start_record_frame", "end_record_frame")
end

-- Say whether a text has control characters.
function TB.has_controls(text)
  return text:find("[%z\1-\31]") ~= nil
end

-- Return the bin path; names may hold slashes, but no control characters and not only blanks.
function TB.parse_bin(names)
  for _, name in ipairs(names) do
    if type(name) ~= "string" or not name:find("%S") or TB.has_controls(name) then
      TB.refuse("invalid_param", "A bin needs a printable name.")
    end
  end
  if #names == 0 then
    TB.refuse("invalid_param", "A bin needs a name.")
  end
  return names
end

-- Return a name for something in Resolve.
function TB.need_name(args)
  local name = TB.need(args, "name", "string")
  if not name:find("%S") or TB.cut(name, 255) ~= name or TB.has_controls(name) then
    TB.refuse("invalid_param", "A name needs up to 255 printable characters.")
  end
  return name
end

-- Return the expectation a clip op must carry, or raise ``invalid_param``.
function TB.need_expectation(expect)
  if not TB.is_kind(expect, "dict") then
    TB.refuse("invalid_param", "An op that changes a clip must name the timeline it expects.")
  end
  TB.need(expect, "project_id", "string")
  TB.need(expect, "timeline_id", "string")
  return expect
end

end -- writing
