-- clip.delete. Linked sound stays, unless it is listed.

do

-- Delete items of the current timeline, read back. The Fairlight page refuses it, so it is left for a moment.
function TB.delete_rows(desk, expect, rows)
  local keys, page = TB.set(TB.each(rows, function(row) return row.key end)), desk.resolve:GetCurrentPage()
  local items = TB.each(rows, function(row) return row.item end)
  local scene = TB.same_scene(desk.resolve, expect)
  local function delete() return scene.timeline:DeleteClips(items, false) end
  local function gone()
    local left = TB.first(TB.sketch_all(scene.timeline), function(row) return keys[row.key] end)
    return not left and TB.is_open(desk.resolve, expect)
  end
  if page == "fairlight" then
    desk.resolve:OpenPage("edit")
  end
  local fine, found = pcall(function()
    TB.carry_out(desk, scene.project, "delete the clips", delete, gone, function()
      return TB.same_scene(desk.resolve, expect)
    end)
  end)
  if page == "fairlight" then
    desk.resolve:OpenPage(page)
  end
  if not fine then
    error(found, 0)
  end
end

-- Return the clips to delete by key: {track, start, stop}.
local function wanted_clips(args)
  local wanted = {}
  for _, ref in ipairs(TB.need(args, "clips", "list")) do
    if not TB.is_kind(ref, "dict") then
      TB.refuse("invalid_param", "A clip to delete needs its key and its place.")
    end
    local span = TB.need_record_span(ref)
    local key = TB.need(ref, "clip", "string")
    wanted[key] = { track = TB.parse_track(TB.need(ref, "track", "dict")), start = span.start, stop = span.stop }
  end
  return wanted
end

local function is_elsewhere(row, place)
  return row.track ~= place.track or row.start ~= place.start or row.stop ~= place.stop
end

TB.OPS["clip.delete"] = function(desk, args, expect)
  local wanted = wanted_clips(args)
  local keys = TB.sorted_keys(wanted)
  local scene = TB.same_scene(desk.resolve, TB.need_expectation(expect))
  local rows = TB.sketch_all(scene.timeline)
  local doomed = TB.each(rows, function(row) return wanted[row.key] and row or nil end)
  TB.same_scene(desk.resolve, expect)
  if #doomed == 0 then
    return "verified", { deleted = keys, changed = false }
  end
  TB.check_expectation(desk.resolve, expect)
  local moved = TB.first(doomed, function(row) return is_elsewhere(row, wanted[row.key]) end)
  if moved or #doomed < #keys then
    TB.refuse("timeline_changed", "A clip to delete was moved, trimmed or deleted.")
  end
  for _, row in ipairs(doomed) do
    TB.refuse_locked(scene.timeline, row.track)
  end
  local around = TB.places_of(rows, wanted)
  TB.delete_rows(desk, expect, doomed)
  local fine, now = TB.try(function() return TB.same_scene(desk.resolve, expect) end)
  if not fine then
    error(TB.unsure(now), 0)
  elseif not TB.same(TB.places_of(TB.sketch_all(now.timeline)), around) then
    error(TB.unsure(TB.op_error("timeline_changed", "The clips are deleted, but others were edited meanwhile.")), 0)
  end
  return "verified", { deleted = keys, changed = true }
end

end -- deleting
