// Commands that make another file of a database: backup, compact.

#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "run/progress.hpp"

#include <fmt/format.h>

#include <system_error>

namespace mainstay::shell {
namespace {

std::uint64_t size_of(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    return error ? 0 : size;
}

void write_copy_report(Format format, const std::string& file, std::uint64_t before, std::uint64_t after,
                       const Console& console) {
    if (format == Format::table)
        console.out.write(fmt::format("{}: {} (was {})\n", file, size_text(after), size_text(before)));
    else
        write_rows(format, {"file", "bytes", "bytes before"}, {{file, count_value(after), count_value(before)}}, {},
                   console);
}

class BackupCommand final : public Command {
public:
    std::string_view name() const override { return "backup"; }
    std::string_view summary() const override { return "Copy the database while it is in use; the copy opens as one"; }
    std::string_view example() const override { return "mainstay backup cmdb.db /backup/cmdb-$(date +%F).db"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.positional("TARGET", target_, "file to write; must not exist");
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        {
            ProgressPrinter progress{console};
            database->store().backup(target_, progress.sink());
        }
        if (format_.value() == Format::table)
            console.out.write(fmt::format("{}: {}\n", target_, size_text(size_of(target_))));
        else
            write_rows(format_.value(), {"file", "bytes"}, {{target_, count_value(size_of(target_))}}, {}, console);
        return 0;
    }

private:
    DatabaseOption database_;
    FormatOption format_;
    std::string target_;
};

class CompactCommand final : public Command {
public:
    std::string_view name() const override { return "compact"; }
    std::string_view summary() const override { return "Rewrite the database without the space it no longer uses"; }
    std::string_view example() const override {
        return "mainstay compact cmdb.db\n"
               "mainstay compact cmdb.db --to smaller.db";
    }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.option("--to", "FILE", target_, "write the compacted database to FILE and leave this one as it is");
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const std::filesystem::path file = database_.path;
        const std::uint64_t before = std::filesystem::exists(file) ? size_of(file) : 0;
        {
            database_.writes = true;
            const auto database = open_database(database_, IfMissing::refuse, console);
            ProgressPrinter progress{console};
            if (target_.empty())
                database->store().compact(progress.sink());
            else
                database->store().compact_to(target_, progress.sink());
        }
        const std::string written = target_.empty() ? file.string() : target_;
        write_copy_report(format_.value(), written, before, size_of(written), console);
        return 0;
    }

private:
    DatabaseOption database_;
    FormatOption format_;
    std::string target_;
};

}  // namespace

std::unique_ptr<Command> make_backup_command() { return std::make_unique<BackupCommand>(); }
std::unique_ptr<Command> make_compact_command() { return std::make_unique<CompactCommand>(); }

}  // namespace mainstay::shell
