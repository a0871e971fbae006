-- The ops on a clip's native takes.

do

-- clip.add_take
TB.OPS["clip.add_take"] = function(desk, args, expect)
  local start, stop = TB.need(args, "start_source_frame", "int"), TB.need(args, "end_source_frame", "int")
  local change = TB.take_change(desk, args, TB.need_expectation(expect))
  if start < 0 or stop - start ~= change.span.stop - change.span.start then
    TB.refuse("invalid_param", "A take needs exactly as many frames as the clip is long.")
  end
  return TB.add_to(change, start, stop, args.select ~= false)
end

-- Add source frames of the change's media as a take, or only select it where it is one; return outcome and TakeResult.
-- ``media`` spares looking for it in the pool.
function TB.add_to(change, start, stop, wanted, media)
  local index = change:index_of(change.media_id)
  if index > 0 and wanted then
    return TB.select_index(change, index)
  elseif index > 0 then
    return change:result(change.before)
  elseif change.before.media.id == change.media_id then
    return TB.already_playing(change, start)
  end
  media = media or TB.find_media(change.scene.project:GetMediaPool(), change.media_id)
  if not change:add(media, start, stop) then
    change:refuse("add the take")
  end
  return TB.settle_added(change, wanted, start, stop)
end

-- Answer for a clip without takes that plays the media itself. AddTake must not be called: it answers false and still
-- starts a selector with one take (19.1.3).
function TB.already_playing(change, start_source_frame)
  if change.before.left_offset_frame == start_source_frame then
    return change:result(change.before)
  end
  local message = "The clip plays this file already, from another frame; it cannot be its own second take."
  TB.refuse("host_rejected", message, "Slip the clip by hand, or bring the take as a file of its own.")
end

-- Select (or not) the take just added, and read back.
--
-- Whether AddTake itself selects is not documented, so the selection is set both ways. The selector's first take is the
-- clip as it was; the host's own reading of it is taken as it comes.
function TB.settle_added(change, select, start_source_frame, end_source_frame)
  local playing, takes = change.before.media.id, change:before_takes()
  if #takes == 0 then
    local first = change:takes()[1]
    takes = first and TB.array({ { playing, first[2], first[3] } }) or takes
  end
  local index = #takes + 1
  local kept = change.before.selected_take
  local selected = select and index or (kept ~= 0 and kept or 1)
  if not change:select(selected, change:still()) then
    change:refuse("select the take")
  end
  takes[index] = { change.media_id, start_source_frame, end_source_frame }
  local head = select and start_source_frame or change.before.left_offset_frame
  return change:result(change:settle(takes, selected, select and change.media_id or playing, head))
end

-- clip.select_take
TB.OPS["clip.select_take"] = function(desk, args, expect)
  local change = TB.take_change(desk, args, TB.need_expectation(expect))
  local index = change:index_of(change.media_id)
  if index > 0 then
    return TB.select_index(change, index)
  elseif #change.before.takes == 0 and change.before.media.id == change.media_id then
    return change:result(change.before)
  end
  TB.refuse("unknown_take", "The clip has no such take.", "Pull the take again to add it.")
end

-- Select an existing take by index and read back.
function TB.select_index(change, index)
  if change.before.selected_take == index then
    return change:result(change.before)
  elseif not change:select(index, change:still()) then
    change:refuse("select the take")
  end
  local takes = change:before_takes()
  local head = takes[index][2] or nil
  return change:result(change:settle(takes, index, takes[index][1], head))
end

-- clip.remove_take. A take that is not there is removed already.
TB.OPS["clip.remove_take"] = function(desk, args, expect)
  local change = TB.take_change(desk, args, TB.need_expectation(expect))
  local index, selected = change:index_of(change.media_id), change.before.selected_take
  if index == 0 and change.before.media.id ~= change.media_id then
    return change:result(change.before)
  elseif index == 0 or index == selected then
    TB.refuse("host_rejected", "This take is the one the clip plays.", "Select another take first.")
  elseif not change:delete(index, change:still()) then
    change:refuse("remove the take")
  end
  local takes = change:before_takes()
  table.remove(takes, index)
  local after = change:settle(
    takes,
    index < selected and selected - 1 or selected,
    change.before.media.id,
    change.before.left_offset_frame
  )
  return change:result(after)
end

end -- takes
