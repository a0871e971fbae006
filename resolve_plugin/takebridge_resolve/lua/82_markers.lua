-- The ops on markers. One marker a frame.

do

local Sheet = {}
Sheet.__index = Sheet

-- Return what carries markers, as a marker op names it: the timeline, or a clip on it.
function TB.sheet(desk, args, expect)
  local sheet = setmetatable({ desk = desk, expect = TB.need_expectation(expect) }, Sheet)
  sheet.spot = TB.is_kind(args.clip, "dict") and TB.spot(desk, args.clip, expect) or nil
  sheet.space = sheet.spot and "source_frame" or "record_frame"
  sheet.at = TB.need(args, sheet.space, "int")
  sheet:look()
  if sheet.at < sheet.origin then
    TB.refuse("invalid_param", "The marker would lie before the start.")
  end
  return sheet
end

-- Find the handles again; raise when they are gone.
function Sheet:look()
  if self.spot then
    self.spot:look()
    self.scene, self.thing, self.origin = self.spot.scene, self.spot.item, 0
  else
    self.scene = TB.same_scene(self.desk.resolve, self.expect)
    self.thing, self.origin = self.scene.timeline, TB.frame_or_gone(self.scene.timeline:GetStartFrame())
  end
end

-- Return all markers.
function Sheet:read()
  return TB.read_markers(self.thing, self.space, self.origin)
end

-- Return the marker at the frame, or nil.
function Sheet:there()
  return TB.first(self:read(), function(marker) return marker[self.space] == self.at end)
end

-- Write, after making sure that the timeline is as expected.
function Sheet:write(what, act, done)
  TB.check_expectation(self.desk.resolve, self.expect)
  if self.spot then
    TB.refuse_locked(self.scene.timeline, self.spot.track)
  end
  TB.carry_out(self.desk, self.scene.project, what, act, done, function() self:look() end)
end

-- Return the verified MarkerResult.
function Sheet:result(changed)
  local markers = self:read()
  TB.same_scene(self.desk.resolve, self.expect)
  return "verified", { [self.spot and "item_markers" or "timeline_markers"] = markers, changed = changed }
end

-- Return a marker's length, one frame unless it is given.
function TB.need_length(args)
  local length = args.duration_frames
  if length == nil then
    return 1
  elseif not TB.is_kind(length, "int") or length < 1 then
    TB.refuse("invalid_param", "A marker is at least one frame long.")
  end
  return length
end

-- marker.add
TB.OPS["marker.add"] = function(desk, args, expect)
  local sheet = TB.sheet(desk, args, expect)
  local wanted = { name = TB.text(args.name), note = TB.text(args.note), data = TB.text(args.data) }
  wanted.color = TB.short(TB.given(args.color) and args.color or "Blue")
  wanted.duration_frames = TB.need_length(args)
  wanted[sheet.space] = sheet.at
  local there = sheet:there()
  if there and TB.same(there, wanted) then
    return sheet:result(false)
  elseif there then
    local message = ("There is a marker “%s” on this frame already."):format(there.name)
    TB.refuse("host_rejected", message, "Remove it first, or use another frame.")
  end
  local at, length = sheet.at - sheet.origin, wanted.duration_frames
  sheet:write(
    "add the marker",
    function() return sheet.thing:AddMarker(at, wanted.color, wanted.name, wanted.note, length, wanted.data) end,
    function() return TB.same(sheet:there(), wanted) end
  )
  return sheet:result(true)
end

-- marker.remove. A marker that is not there is removed already.
TB.OPS["marker.remove"] = function(desk, args, expect)
  local sheet, name = TB.sheet(desk, args, expect), args.name
  local there = sheet:there()
  if not there then
    return sheet:result(false)
  elseif name ~= nil and there.name ~= name then
    TB.refuse("timeline_changed", ("Another marker is on this frame now: “%s”."):format(there.name))
  end
  sheet:write(
    "remove the marker",
    function() return sheet.thing:DeleteMarkerAtFrame(sheet.at - sheet.origin) end,
    function() return sheet:there() == nil end
  )
  return sheet:result(true)
end

end -- markers
