# Completion of rmsx for fish. Use it: rmsx completion fish > ~/.config/fish/completions/rmsx.fish

function __rmsx_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null </dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :directories
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end

complete -c rmsx -f -a '(__rmsx_complete)'
