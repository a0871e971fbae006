-- Paths an op names: what must be there, what must not, and what came of a write. The sandbox can only ask whether a
-- file or a folder is there: it lists nothing, weighs nothing and deletes nothing.

do

TB.SANDBOX_HINT = "Choose a folder Resolve may write to. The App Store build may only write below ~/Movies."

-- Say whether there is a folder; true where this build cannot tell.
function TB.is_folder(path)
  return bmd.direxists == nil or TB.given(bmd.direxists(path))
end

-- Return an absolute path.
function TB.need_path(args, name)
  local path = TB.need(args, name or "path", "string")
  if not TB.is_absolute(path) or path:find("%z") then
    TB.refuse("invalid_param", "A file needs an absolute path.", nil, { path = TB.text(path) })
  end
  return path
end

-- Raise ``not_found`` unless there is a file.
function TB.need_file(path)
  if not bmd.fileexists(path) then
    local hint = "Check that this machine can see the drive or share the file is on."
    TB.refuse("not_found", ("There is no file %s."):format(path), hint, { path = TB.text(path) })
  end
end

-- Raise ``not_found`` unless there is a folder.
function TB.need_folder(folder)
  if not TB.is_folder(folder) then
    local hint = "Make the folder first; check that this machine can see the drive it is on."
    TB.refuse("not_found", ("There is no folder %s."):format(folder), hint, { path = TB.text(folder) })
  end
end

-- Say whether there is a file or a folder.
function TB.is_there(path)
  return TB.given(bmd.fileexists(path)) or (bmd.direxists ~= nil and TB.given(bmd.direxists(path)))
end

-- Raise when something is at one of the paths already: nothing is overwritten.
function TB.need_free(paths)
  local taken = TB.first(paths, TB.is_there)
  if taken then
    local message = ("There is a file %s already."):format(taken)
    TB.refuse("host_rejected", message, "Choose another name.", { path = TB.text(taken) })
  end
end

-- Return the first of some paths where something is by now, or nil.
function TB.landed(paths)
  return TB.first(paths, TB.is_there)
end

-- Tell of what a failed write left at paths that were free before: it cannot be deleted from in here.
function TB.tell_left(paths, found)
  local left = TB.landed(paths)
  if left then
    found.hint = ("%s Delete %s: it is not whole."):format(found.hint, left)
  end
end

-- Return a path in two: without its ending, and the ending with its dot ("" when it has none).
function TB.split_ending(path)
  local base = TB.base_name(path)
  local ending = base:match("[^.].-(%.[^.]*)$") or ""
  return path:sub(1, #path - #ending), ending
end

-- Return the folder of a path.
function TB.folder_of(path)
  local folder = path:sub(1, #path - #TB.base_name(path)):gsub("[/\\]+$", "")
  return folder == "" and "/" or folder
end

-- Return a folder and a name as a path.
function TB.join(folder, name)
  return folder:gsub("[/\\]+$", "") .. "/" .. name
end

end -- paths
