-- One change of a clip's takes: look, write, look again, and put it back when anything else moved.

do

local TakeChange = {}
TakeChange.__index = TakeChange

-- Begin a change: find the clip and read it; raise when it is not as expected or cannot be written to. ``no_media``:
-- the op names no take.
function TB.take_change(desk, args, expect, no_media)
  local change = setmetatable({ resolve = desk.resolve, pen = desk.pen, expect = expect, resized = false }, TakeChange)
  change.version = TB.version_of(desk.resolve)
  change.track = TB.parse_track(TB.need(args, "track", "dict"))
  change.tracks = TB.set(TB.expected_tracks(expect))
  change.tracks[change.track] = true
  change.key = TB.need(args, "clip", "string")
  change.media_id = no_media and "" or TB.need(args, "media_id", "string")
  change.span = TB.need_record_span(args)
  change.scene = TB.check_expectation(desk.resolve, expect)
  change.item, change.before = change:look()
  change.style, change.around = change:read_style(), change:surroundings()
  change:check_writable()
  return change
end

-- --- looking -----------------------------------------------------------------------------------------------------

-- Return the clip's handle and TimelineItem, found again from ids; raise when it is gone or moved.
function TakeChange:look()
  self.scene = TB.same_scene(self.resolve, self.expect)
  self.rows = TB.survey(self.scene.timeline, self.tracks, {})
  local row = TB.first(self.rows, function(entry) return entry.key == self.key and entry.track == self.track end)
  if not row then
    TB.refuse("timeline_changed", "The clip is no longer on its track.")
  elseif row.start ~= self.span.start or row.stop ~= self.span.stop then
    self.resized = self.resized or row.stop - row.start ~= self.span.stop - self.span.start
    TB.refuse("timeline_changed", "The clip was moved or trimmed.")
  end
  local beside = TB.each(self.rows, function(entry) return entry.track == self.track and entry or nil end)
  return row.item, TB.read_row(TB.complete(row), beside, {}, self.version)
end

-- Return what every other item of the clip's track and of the expected tracks shows, as last looked at.
function TakeChange:surroundings()
  return TB.facts_of(self.rows, self.key)
end

-- Refuse what must not be written to.
function TakeChange:check_writable()
  TB.refuse_locked(self.scene.timeline, self.track)
  if not self.before.media then
    local message = ("This is a %s: it plays no media and cannot carry takes."):format(self.before.kind)
    TB.refuse("unsupported_item", message)
  end
end

-- Read the style of the clip as it is now.
function TakeChange:read_style()
  return TB.read_style(self.item, self.track, TB.is_enabled(self.item))
end

-- Read the takes as {media id, start, end}.
function TakeChange:takes()
  return TB.take_spans(TB.read_takes(self.item, self.version, {}))
end

-- Return the takes as first read, as {media id, start, end}.
function TakeChange:before_takes()
  return TB.take_spans(self.before.takes)
end

-- Return the 1-based index of a take by media among the first-read takes; 0 when it is none.
function TakeChange:index_of(wanted)
  local slot = TB.first(self.before.takes, function(entry) return entry.media_id == wanted end)
  return slot and slot.index or 0
end

-- --- writing -----------------------------------------------------------------------------------------------------

-- Between two tries of a write: return the clip as it is; raise, everything put back, when it is no longer as expected.
function TakeChange:recheck()
  local now
  local fine, found = TB.try(function() self.item, now = self:look() end)
  if not fine then
    self:abandon(found)
  end
  return now
end

-- Return the number of takes.
function TakeChange:count()
  return TB.whole(self.item:GetTakesCount()) or 0
end

-- Add a take; return true when it is there.
function TakeChange:add(media, start_source_frame, end_source_frame)
  local host_end = end_source_frame - TB.counts_inclusive(self.version)
  local wanted = math.max(#self.before.takes, 1) + 1
  return self.pen:write(
    function() return self.item:AddTake(media, start_source_frame, host_end) end,
    function() return self:count() == wanted end,
    function() self:recheck() end
  )
end

-- Select a take; return true when it is selected. Selecting what is selected writes nothing. ``still`` as in
-- Pen:write, nil to put things back.
function TakeChange:select(index, still)
  local function done() return TB.whole(self.item:GetSelectedTakeIndex()) == index end
  return done() or self.pen:write(function() return self.item:SelectTakeByIndex(index) end, done, still)
end

-- Delete a take; return true when there is one less.
function TakeChange:delete(index, still)
  local wanted = self:count() - 1
  return self.pen:write(
    function() return self.item:DeleteTakeByIndex(index) end,
    function() return self:count() == wanted end,
    still
  )
end

-- Return ``recheck`` as something to hand to a write.
function TakeChange:still()
  return function() self:recheck() end
end

-- --- settling ----------------------------------------------------------------------------------------------------

-- Read back; return the TimelineItem when all is as asked and nothing else moved, else undo and raise. ``takes`` as
-- {media id, start, end}, ``selected`` 1-based, ``head_source_frame`` the source frame expected at the clip's head
-- (nil: not known).
function TakeChange:settle(takes, selected, media, head_source_frame)
  local after = self:recheck()
  local around = TB.same(self:surroundings(), self.around)
  local checks = {
    { "the list of takes", TB.same(TB.take_spans(after.takes), takes) },
    { "the selected take", after.selected_take == selected },
    { "the media", after.media ~= nil and after.media.id == media },
    { "the frame at the clip's head", TB.head_fits(self.before, after, head_source_frame) },
    { "the look", after.look == self.before.look },
    { "a neighbouring clip", around },
  }
  local wrong = TB.each(checks, function(check) return not check[2] and check[1] or nil end)
  if #wrong > 0 then
    local told = table.concat(wrong, ", ")
    local code = told == "a neighbouring clip" and "timeline_changed" or "host_rejected"
    local message = ("After the change, %s was not as expected, so it was undone."):format(told)
    self:abandon(TB.op_error(code, message, nil, { observed = told }))
  end
  return after
end

-- Raise for a refused write, after making sure that the refusal left nothing behind.
function TakeChange:refuse(what)
  self:recheck()
  self:abandon(TB.refusal(self.scene.project, what))
end

-- Put the clip back as it was and raise: not_applied when that is seen, else committed_unverified.
function TakeChange:abandon(found)
  self.pen:renew()
  if not self:restore() then
    found.outcome = "committed_unverified"
    found.hint = "Look at this clip in Resolve: its takes may have changed. " .. found.hint
    found.result = self:truth()
  end
  error(found, 0)
end

-- Return the TakeResult as it stands, or nil when it cannot be read.
function TakeChange:truth()
  local timeline = self:timeline_by_id()
  local row = timeline and TB.find_row(timeline, self.track, self.key)
  local after = row and TB.read_row(row, { row }, {}, self.version)
  return after and { before = self.before, after = after, changed = not TB.same(after, self.before) } or nil
end

-- Return the op's timeline even when another one is current now; nil when its project is not open.
function TakeChange:timeline_by_id()
  local project = TB.open_project(self.resolve)
  if not project or project:GetUniqueId() ~= self.scene.project_id then
    return nil
  end
  return TB.timeline_with_id(project, self.scene.timeline_id)
end

-- Undo our writes on the clip, wherever it is now; say whether it is seen to be as before.
--
-- A clip that is gone took our take along. Where it sits and what lies around it is a person's doing unless the clip
-- changed length under us: a swap that keeps the length cannot move anything.
function TakeChange:restore()
  local timeline = self:timeline_by_id()
  if not timeline then
    return not self.pen.touched
  end
  local row = TB.find_row(timeline, self.track, self.key)
  if not row then
    return TB.first(TB.sketch_all(timeline), function(other) return other.key == self.key end) == nil
  end
  self.item = row.item
  if not self:is_as_before() then
    self:take_back()
  end
  local fine = self:is_as_before() or not self.pen.touched
  return fine and not (self.resized and self:moved_others(timeline))
end

-- Say whether something else on the tracks is not as it was.
function TakeChange:moved_others(timeline)
  return not TB.same(TB.facts_of(TB.survey(timeline, self.tracks, {}), self.key), self.around)
end

-- Select the previous take, delete what we added, and drop a selector that was not there before.
function TakeChange:take_back()
  local had = self:before_takes()
  if #self:takes() > 0 then
    self:select(self.before.selected_take ~= 0 and self.before.selected_take or 1)
  end
  if self:index_of(self.media_id) == 0 then
    local takes = self:takes()
    for index = #takes, 1, -1 do
      if takes[index][1] == self.media_id then
        self:delete(index)
      end
    end
  end
  if #had == 0 and #self:takes() == 1 then
    self.pen:write(function() return self.item:FinalizeTake() end, function() return #self:takes() == 0 end)
  end
end

-- Read whether takes, selection, media, head, length and style are as they were.
function TakeChange:is_as_before()
  local item, before = self.item, self.before
  local media, start, stop = item:GetMediaPoolItem(), TB.whole(item:GetStart()), TB.whole(item:GetEnd())
  return TB.given(media) and start ~= nil and stop ~= nil
    and stop - start == self.span.stop - self.span.start
    and TB.same(self:takes(), self:before_takes())
    and (TB.whole(item:GetSelectedTakeIndex()) or 0) == before.selected_take
    and TB.media_id(media) == before.media.id
    and TB.whole(item:GetLeftOffset()) == before.left_offset_frame
    and TB.same(self:read_style(), self.style)
end

-- Return the verified TakeResult.
function TakeChange:result(after)
  return "verified", { before = self.before, after = after, changed = not TB.same(after, self.before) }
end

-- Return TakeSlots as {media id, start, end}, source frames, end exclusive.
function TB.take_spans(slots)
  return TB.each(slots, function(slot)
    return { slot.media_id, slot.start_source_frame or false, slot.end_source_frame or false }
  end)
end

-- Say whether the clip's head shows the expected source frame. The left offset is exact at 100 % speed; on a retimed
-- item it is in the warped domain (source / speed), so there the true source frame counts, which some items report off
-- by one.
function TB.head_fits(before, after, head_source_frame)
  if head_source_frame == nil or after.left_offset_frame == head_source_frame then
    return true
  end
  local start = after.start_source_frame
  return TB.is_retimed(before) and start ~= nil and math.abs(start - head_source_frame) <= 1
end

-- Say whether an item is known to run at another speed than 100 %.
function TB.is_retimed(item)
  if item.speed_percent ~= nil then
    return item.speed_percent ~= 100
  elseif item.start_source_frame == nil then
    return false
  end
  local source = item.end_source_frame - item.start_source_frame
  return math.abs(source - (item.end_record_frame - item.start_record_frame)) > 1
end

end -- take_change
