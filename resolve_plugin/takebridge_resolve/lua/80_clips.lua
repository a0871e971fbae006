-- The ops on one clip: enabled, name, our id.

do

local Spot = {}
Spot.__index = Spot

-- Return a clip as an op names it, found again from its ids around every write.
function TB.spot(desk, args, expect)
  local spot = setmetatable({ desk = desk, expect = TB.need_expectation(expect) }, Spot)
  spot.key, spot.track = TB.need(args, "clip", "string"), TB.parse_track(TB.need(args, "track", "dict"))
  spot.span = TB.need_record_span(args)
  spot:look()
  return spot
end

-- Find the clip; raise when it is gone or moved, or another timeline is open.
function Spot:look()
  self.scene = TB.same_scene(self.desk.resolve, self.expect)
  local row = TB.find_row(self.scene.timeline, self.track, self.key)
  if not row then
    TB.refuse("timeline_changed", "The clip is no longer on its track.")
  elseif row.start ~= self.span.start or row.stop ~= self.span.stop then
    TB.refuse("timeline_changed", "The clip was moved or trimmed.")
  end
  self.row, self.item = row, row.item
end

-- Return the clip's TimelineItem. Only an item without media is told by what lies around it.
function Spot:read(marks)
  local rows = self.row.media and { self.row } or TB.scan(self.scene.timeline, { self.track })
  local item = TB.read_row(self.row, rows, {}, TB.version_of(self.desk.resolve), marks)
  TB.same_scene(self.desk.resolve, self.expect)
  return item
end

-- Write; return when it is done and the clip is still where it was, else raise.
function Spot:write(what, act, done)
  TB.carry_out(
    self.desk,
    self.scene.project,
    what,
    function() return act(self.item) end,
    function() return done(self.item) end,
    function() self:look() end
  )
  local fine, moved = TB.try(function() self:look() end)
  if not fine then
    error(TB.unsure(moved), 0)
  end
end

-- Before a first write: raise when the timeline is not as expected, or the track is locked.
function Spot:guard()
  TB.check_expectation(self.desk.resolve, self.expect)
  TB.refuse_locked(self.scene.timeline, self.track)
end

-- Make one change unless it is made already; return outcome and ClipResult.
function Spot:change(what, act, done)
  local before = self:read()
  local changed = not TB.truthy(done(self.item))
  if changed then
    self:guard()
    self:write(what, act, done)
  end
  return "verified", { before = before, after = changed and self:read() or before, changed = changed }
end

-- clip.set_enabled
TB.OPS["clip.set_enabled"] = function(desk, args, expect)
  local wanted, spot = TB.need(args, "enabled", "bool"), TB.spot(desk, args, expect)
  return spot:change(
    wanted and "enable the clip" or "disable the clip",
    function(item) return item:SetClipEnabled(wanted) end,
    function(item) return TB.given(item:GetUniqueId()) and TB.is_enabled(item) == wanted end
  )
end

-- clip.rename (20.2)
TB.OPS["clip.rename"] = function(desk, args, expect)
  local name, spot = TB.need_name(args), TB.spot(desk, args, expect)
  if not TB.has(spot.item, "SetName") then
    local hint = "Name the clip by hand, or update to Resolve 20.2 or later."
    TB.refuse("unsupported_op", "This version of Resolve cannot name clips from outside.", hint)
  end
  return spot:change(
    "name the clip",
    function(item) return item:SetName(name) end,
    function(item) return item:GetName() == name end
  )
end

local CLIP_COLORS = TB.set({
  "Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy", "Blue", "Purple", "Violet", "Pink", "Tan",
  "Beige", "Brown", "Chocolate",
})

-- clip.set_color. On generators Resolve says true and drops it: reading back tells.
TB.OPS["clip.set_color"] = function(desk, args, expect)
  local color = TB.need(args, "color", "string")
  if color ~= "" and not CLIP_COLORS[color] then
    local message = ("Resolve has no clip colour '%s'."):format(TB.short(color))
    TB.refuse("invalid_param", message, "Choose one of its 16 colours.")
  end
  return TB.spot(desk, args, expect):change(
    "colour the clip",
    function(item)
      if color == "" then
        return item:ClearClipColor()
      end
      return item:SetClipColor(color)
    end,
    function(item) return TB.given(item:GetUniqueId()) and (item:GetClipColor() or "") == color end
  )
end

local SHOWN = { "media", "left_offset_frame", "look", "start_record_frame", "end_record_frame" }

-- clip.finalize_take: what the clip shows must be what it showed, though it cannot be taken back.
TB.OPS["clip.finalize_take"] = function(desk, args, expect)
  local spot = TB.spot(desk, args, expect)
  local before = spot:read()
  if #before.takes == 0 and before.selected_take == 0 then
    return "verified", { before = before, after = before, changed = false }
  end
  spot:guard()
  spot:write(
    "give up the takes",
    function(item) return item:FinalizeTake() end,
    function(item) return TB.whole(item:GetTakesCount()) == 0 end
  )
  local after = spot:read()
  local result = { before = before, after = after, changed = true }
  if TB.first(SHOWN, function(name) return not TB.same(after[name], before[name]) end) then
    local found = TB.op_error("host_rejected", "Without its takes the clip shows something else than before.")
    found.result = result
    error(TB.unsure(found), 0)
  end
  return "verified", result
end

-- clip.stamp: a marker on the clip, and the metadata of its media where no other stamp is in it.
TB.OPS["clip.stamp"] = function(desk, args, expect)
  local stamp = TB.need(args, "stamp", "string")
  if not TB.is_stamp(stamp) then
    TB.refuse("invalid_param", "This is not a stamp of ours.", nil, { stamp = TB.text(stamp, 64) })
  end
  local spot, places = TB.spot(desk, args, expect), TB.array()
  if TB.stamp_marker(spot, stamp) then
    places[#places + 1] = "marker"
  end
  if TB.stamp_metadata(spot, stamp) then
    places[#places + 1] = "metadata"
  end
  local changed = desk.pen.touched
  if #places == 0 then
    local message = "Every frame of the clip has a marker already: there is no place for our id."
    TB.refuse("host_rejected", message, "Remove a marker from the clip, then try again.")
  end
  return "verified", { item = spot:read(true), places = places, changed = changed }
end

-- Say whether a text is a stamp of ours.
function TB.is_stamp(text)
  return text:find(TB.STAMP) ~= nil and text == text:lower()
end

-- Return a check: no marker of an item carries this data.
local function lacks(data)
  return function(item)
    local markers = TB.read_markers(item, "source_frame")
    return TB.first(markers, function(marker) return marker.data == data end) == nil
  end
end

-- Return the first frame of the clip without a marker, or nil; the marker of an old stamp is no obstacle.
local function free_frame(spot, markers, old)
  local taken, head = {}, math.max(TB.whole(spot.item:GetLeftOffset()) or 0, 0)
  for _, marker in ipairs(markers) do
    taken[marker.source_frame] = marker.data ~= old
  end
  for frame = head, head + spot.span.stop - spot.span.start - 1 do
    if not taken[frame] then
      return frame
    end
  end
  return nil
end

-- Put the stamp into a marker on a free frame of the clip; return whether it is there.
function TB.stamp_marker(spot, stamp)
  local markers = TB.read_markers(spot.item, "source_frame")
  if TB.first(markers, function(marker) return marker.data == stamp end) then
    return true
  end
  local stamped = TB.first(markers, function(marker) return TB.is_stamp(marker.data) end)
  local old = stamped and stamped.data or nil
  local frame = free_frame(spot, markers, old)
  if not frame then
    return false
  end
  spot:guard()
  if old then
    spot:write("remove an old id", function(item) return item:DeleteMarkerByCustomData(old) end, lacks(old))
  end
  local colour = TB.MARKER_COLOUR_OF_STAMPS
  spot:write(
    "write our id on the clip",
    function(item) return item:AddMarker(frame, colour, "TakeBridge", stamp, 1, stamp) end,
    function(item) return not lacks(stamp)(item) end
  )
  return true
end

-- Put the stamp into the media's metadata (19.0.2) unless another one is there; return whether it is there.
function TB.stamp_metadata(spot, stamp)
  local media = spot.row.media
  if not media or not TB.has(media, "SetThirdPartyMetadata") or not TB.has(media, "GetThirdPartyMetadata") then
    return false
  end
  local said = TB.short(media:GetThirdPartyMetadata(TB.STAMP_KEY))
  if said == stamp or TB.is_stamp(said) then
    return said == stamp
  end
  TB.carry_out(
    spot.desk,
    spot.scene.project,
    "write our id into the clip's media",
    function() return media:SetThirdPartyMetadata(TB.STAMP_KEY, stamp) end,
    function() return media:GetThirdPartyMetadata(TB.STAMP_KEY) == stamp end,
    function() return TB.same_project(spot.desk.resolve, spot.expect) end
  )
  return true
end

end -- clips
