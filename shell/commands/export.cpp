#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "run/progress.hpp"

#include "mainstay/connect/connect.hpp"
#include "mainstay/connect/graph_writers.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ostream>
#include <system_error>

namespace mainstay::shell {
namespace {

// Written under another name and renamed when whole, so that a dump is never half of one. Closed and removed if
// dropped.
class NewFile {
public:
    NewFile(std::filesystem::path file, bool may_replace) : file_(std::move(file)), temporary_(file_) {
        std::error_code error;
        const bool exists = std::filesystem::exists(file_, error);
        if (exists && !std::filesystem::is_regular_file(file_, error))
            throw Error{Code::input_invalid, quoted(file_.string()) + " is no regular file"}.with_hint(
                "export without a file and redirect: mainstay export DB > " + file_.string());
        if (exists && std::filesystem::is_symlink(file_, error))
            file_ = temporary_ = std::filesystem::canonical(file_, error);
        if (!may_replace && exists)
            throw Error{Code::input_invalid, quoted(file_.string()) + " exists already"}.with_hint(
                "choose another name, or --force to replace it");
        temporary_ += ".part";
        descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (descriptor_ < 0)
            throw Error{Code::io_error, "cannot write " + quoted(temporary_.string()) + ": " + std::strerror(errno)};
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() {
        if (descriptor_ < 0) return;
        close(descriptor_);
        std::error_code error;
        std::filesystem::remove(temporary_, error);
    }
    int descriptor() const noexcept { return descriptor_; }
    void keep() {
        const bool is_closed = fsync(descriptor_) == 0 && close(descriptor_) == 0;
        descriptor_ = -1;
        std::error_code error;
        if (is_closed) std::filesystem::rename(temporary_, file_, error);
        if (!is_closed || error) throw Error{Code::io_error, "cannot finish " + quoted(file_.string())};
    }

private:
    std::filesystem::path file_, temporary_;
    int descriptor_ = -1;
};

// A dump in the place of the database, or of a file that belongs to it, would be the end of it.
void require_other_file(const std::filesystem::path& database, const std::filesystem::path& target) {
    std::error_code error;
    const auto place = [&](const std::filesystem::path& path) {
        return std::filesystem::weakly_canonical(path, error);
    };
    for (const char* suffix : {"", "-lock", "-tail"}) {
        for (const auto& base : {std::filesystem::path{database}, place(database)}) {
            const std::filesystem::path own = base.string() + suffix;
            if (place(own) == place(target) || std::filesystem::equivalent(own, target, error))
                throw Error{Code::input_invalid, quoted(target.string()) + " belongs to the database that is exported"}
                    .with_hint("choose another name, such as " + database.filename().string() + ".jsonl");
        }
    }
}

class ExportCommand final : public Command {
public:
    std::string_view name() const override { return "export"; }
    std::string_view summary() const override {
        return "Write everything: JSON Lines, which import reads back equal, or a graph for other tools";
    }
    std::string_view example() const override {
        return "mainstay export cmdb.db cmdb.jsonl\n"
               "mainstay export cmdb.db | gzip > cmdb.jsonl.gz\n"
               "mainstay export cmdb.db cmdb.graphml --format graphml";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.positional("FILE", file_, "where to write (default: standard output)", Arguments::Presence::optional);
        arguments.flag("--force", force_, "replace FILE if it exists");
        arguments.flag("--partial", partial_, "of a damaged database: write what can be read, and list the rest");
        std::vector<std::string> formats{"jsonl"};
        for (const GraphFormatInfo& each : graph_formats()) formats.emplace_back(each.name);
        arguments.choice("--format", format_, formats, "jsonl reads back equal, the others are for viewers");
        as_.declare(arguments);
    }

    int run(const Console& console) override {
        if (partial_ && format_ != "jsonl")
            throw Error{Code::usage, "--partial writes JSON Lines, and no other format"};
        database_.take_cut = partial_;
        const auto database = open_database(database_, IfMissing::refuse, console);
        (void)as_.principal(*database);  // every role may read
        const ViewPtr view = database->store().view();
        if (file_.empty() || file_ == "-") {
            write(*view, console.out, console);
            return report(console);
        }
        require_other_file(database_.path, file_);
        NewFile file{file_, force_};
        FileOutput output{file.descriptor(), quoted(file_)};
        write(*view, output, console);
        output.flush();
        file.keep();
        std::error_code error;
        console.say("wrote " + file_ + ", " + size_text(std::filesystem::file_size(file_, error)));
        return report(console);
    }

private:
    void write(const View& view, Output& output, const Console& console) {
        ProgressPrinter progress{console};
        if (const auto graph = parse_graph_format(format_)) return export_graph(view, *graph, output, progress.sink());
        OutputStreambuf buffer{output};
        std::ostream stream{&buffer};
        stream.exceptions(std::ios::badbit);
        export_jsonl(view, stream, progress.sink(), partial_ ? &losses_ : nullptr);
        stream.flush();
    }

    // What was left out, a line each; the exit status.
    int report(const Console& console) const {
        for (const auto& [loss, count] : losses_.counts)
            console.say(fmt::format("left out: {} x {}: {}", count, loss.first, loss.second));
        return losses_.counts.empty() ? 0 : info(Code::corrupt).exit_status;
    }

    DatabaseOption database_;
    AsOption as_;
    ExportLosses losses_;
    std::string file_, format_ = "jsonl";
    bool force_ = false, partial_ = false;
};

}  // namespace

std::unique_ptr<Command> make_export_command() { return std::make_unique<ExportCommand>(); }

}  // namespace mainstay::shell
